// The quick switcher: Ctrl+K, then a few letters of a channel or a person.
import { avatar } from "./avatar.js";
import { closeDialog, showDialog } from "./dialog.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { become } from "./people.js";
import { go, to, toChannel, toHome, toThreads } from "./route.js";
import { labelOf, myChannels, myDM, nameOf, people, state, titleOf } from "./state.js";
import { t } from "./strings.js";

// openQuick shows the switcher.
export function openQuick() {
  if (document.querySelector("dialog[open]")) return;
  const list = h("div", { id: "quick-list", class: "quick-list", role: "listbox", "aria-label": t("jumpTo") });
  const input = h("input", {
    class: "input quick-input", type: "text", placeholder: t("jumpTo"), "aria-label": t("jumpTo"), role: "combobox", "aria-controls": "quick-list",
    "aria-expanded": "true", autocomplete: "off", data: { quick: "true" }, oninput: () => draw(), onkeydown: (event) => key(event),
  });
  let found = [];
  let active = 0;
  const close = () => closeDialog(node);
  const pick = (i) => { const place = found[i]; if (place) { close(); place.run(); } };
  const draw = (at = 0) => {
    const words = input.value.trim().toLowerCase();
    found = places().filter((p) => `${p.name} ${p.note || ""} ${p.also || ""}`.toLowerCase().includes(words));
    active = at;
    replace(list, found.map((p, i) => h("div", { id: `quick-${i}`, class: ["option", i === active && "active"], role: "option", "aria-selected": String(i === active), onclick: () => pick(i) },
      p.sign, h("span", { class: "option-text" }, p.name, p.note ? h("span", { class: "option-note" }, p.note) : null))));
    if (!found.length) list.append(h("div", { class: "listbox-note" }, t("nothingFound")));
    input.setAttribute("aria-activedescendant", found.length ? `quick-${active}` : "");
    list.children[active]?.scrollIntoView({ block: "nearest" });
  };
  const key = (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") draw((active + 1) % found.length);
    else if (event.key === "ArrowUp") draw((active + found.length - 1) % found.length);
    else if (event.key === "Enter") pick(active);
    else return;
    event.preventDefault();
  };
  const node = showDialog({ className: "dialog-quick", title: t("jumpTo"), body: [input, list], onCancel: close });
  draw();
  input.focus();
}

function places() {
  const dm = myDM();
  return [
    ...myChannels().map((c) => ({ name: labelOf(c), sign: icon(c.is_private ? "lock" : "hash"), run: () => go(toChannel(c.id)) })),
    ...(dm ? [{ name: labelOf(dm), note: t("directMessages"), sign: icon("app"), run: () => go(toChannel(dm.id)) }] : []),
    { name: state.app.name, note: t("home"), sign: icon("home"), run: () => go(toHome()) },
    { name: t("threads"), sign: icon("thread"), run: () => go(toThreads()) },
    { name: t("traffic"), sign: icon("traffic"), run: () => go(to({ traffic: true })) },
    ...people().filter((u) => u.id !== state.me).map((u) => ({ name: nameOf(u), note: titleOf(u), also: u.name, sign: avatar(u.id, 24), run: () => become(u.id) })),
  ];
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openQuick();
  }
});
