// The strip of the first visit: who you are, what to try, how to be someone else.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { me, nameOf, people, state, titleOf } from "./state.js";
import { t, tries } from "./strings.js";

const KEY = "playground.welcome";

// welcome draws the strip until it was dismissed once; fill puts an example into the composer.
export function welcome(fill) {
  if (!newcomer()) return null;
  const other = people().find((u) => u.id !== state.me);
  const node = h("aside", { class: "welcome", "aria-label": t("welcome") },
    h("div", { class: "welcome-text" },
      h("strong", null, t("youAre", { name: nameOf(me()), title: titleOf(me()) })),
      h("p", null, t("tryThese")),
      h("div", { class: "welcome-tries" }, examples().map(({ text, why }) =>
        h("button", { type: "button", class: "try", data: { try: text }, title: why, onclick: () => fill(text) }, h("span", null, why), h("code", null, text)))),
      other ? h("p", { class: "muted" }, t("trySwitch", { name: nameOf(other) })) : null),
    h("button", { type: "button", class: "icon-btn", "aria-label": t("dismiss"), data: { dismissWelcome: "true" }, onclick: () => { keep(); node.remove(); } }, icon("close")));
  return node;
}

// examples are those of the strings whose command this app has; an app without them shows its own commands.
function examples() {
  const has = (text) => state.app.commands.some((c) => text.split(" ")[0] === c.command);
  const fitting = tries().filter(({ text }) => has(text));
  const own = state.app.commands.map((c) => ({ text: `${c.command} help`, why: c.description || c.command }));
  return (fitting.length ? fitting : own).slice(0, 3);
}

// newcomer tells whether the strip was not dismissed yet.
export function newcomer() {
  try { return localStorage.getItem(KEY) !== "done"; } catch { return true; }
}

function keep() {
  try { localStorage.setItem(KEY, "done"); } catch { /* it will come again */ }
}
