// A menu of actions, with groups, arrow keys and type-ahead.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { closePopover, openPopover } from "./popover.js";

// openMenu shows items [{label, note, icon, run, href, checked, data}] or {heading} beside the anchor.
export function openMenu(anchor, items, options = {}) {
  const list = h("div", { class: "menu", onkeydown: (event) => move(event, list) }, items.map(draw));
  openPopover(anchor, list, { role: "menu", width: 200, ...options });
  list.querySelector("[role^=menuitem]")?.focus();
}

function draw(item) {
  if (item.heading) return h("div", { class: "menu-heading" }, item.heading);
  const inside = [
    item.icon ? icon(item.icon) : null,
    h("span", { class: "menu-text" }, h("span", { class: "menu-label" }, item.label), item.note ? h("span", { class: "menu-note" }, item.note) : null),
    item.checked ? icon("check") : null,
  ];
  const props = {
    class: ["menu-item", item.danger && "danger"], tabindex: "-1", data: item.data,
    role: item.checked === undefined ? "menuitem" : "menuitemradio",
    "aria-checked": item.checked === undefined ? null : String(item.checked),
  };
  if (item.href) return h("a", { ...props, href: item.href, target: "_blank", rel: "noopener noreferrer", onclick: () => { closePopover(); item.run?.(); } }, inside);
  return h("button", { ...props, type: "button", onclick: () => { closePopover(); item.run(); } }, inside);
}

function move(event, list) {
  const all = [...list.querySelectorAll("[role^=menuitem]")];
  const at = all.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (next !== undefined) {
    event.preventDefault();
    all[next % all.length].focus();
  } else if (event.key.length === 1 && event.key !== " ") {
    const hit = all.find((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
    hit?.focus();
  }
}
