// Sets the colour scheme before the first paint: ?theme=dark|light, else the last choice, else the system's.
(function () {
  var asked = new URLSearchParams(location.search).get("theme");
  var kept = null;
  try { kept = localStorage.getItem("playground.theme"); } catch (e) { /* storage may be off */ }
  var theme = asked || kept;
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
})();
