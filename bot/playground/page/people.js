// Who sits at the page: a row of faces (a list on a phone), one click or Alt and a digit to switch, and each
// person's language.
import { post } from "./api.js";
import { avatar } from "./avatar.js";
import { h, phone, replace } from "./dom.js";
import { icon } from "./icons.js";
import { closePopover, openPopover } from "./popover.js";
import { format, go } from "./route.js";
import { channel, dmOf, me, nameOf, on, people, sees, state, titleOf } from "./state.js";
import { t } from "./strings.js";
import { loadState } from "./sync.js";
import { showError } from "./toast.js";

const SHOWN = 8;
const LANGUAGES = [["en-US", "EN", "English"], ["zh-CN", "中", "简体中文"]];

// peopleSwitcher draws the faces and the chosen person's name.
export function peopleSwitcher() {
  const node = h("div", { class: "people", role: "group", "aria-label": t("people") });
  const draw = () => {
    const all = people();
    const current = h("button", {
      type: "button", class: "me", "aria-haspopup": "dialog", "aria-expanded": "false", data: { switcher: "true" }, "aria-label": t("youAreSwitch", { name: nameOf(me()) }),
      onclick: () => openPopover(current, panel(), { label: t("people"), width: 340 }),
    }, avatar(state.me, 30), h("span", { class: "me-text" }, h("strong", null, nameOf(me())), h("span", null, titleOf(me()) || t("member"))), icon("down", 16));
    const others = phone() ? [] : all.filter((u) => u.id !== state.me).slice(0, SHOWN);
    replace(node, h("div", { class: "faces" }, others.map((u) => face(u, all.indexOf(u) + 1))), current,
      phone() && state.elsewhere.size ? h("span", { class: "face-dot me-dot" }) : null);
  };
  for (const topic of ["state", "person", "elsewhere"]) on(topic, draw);
  matchMedia("(max-width: 760px)").addEventListener("change", draw);
  draw();
  return node;
}

function face(u, digit) {
  const waiting = state.elsewhere.get(u.id);
  const tip = [nameOf(u), titleOf(u), `Alt+${digit}`].filter(Boolean).join(" · ");
  return h("button", { type: "button", class: "face", title: tip, "aria-label": t("switchTo", { name: nameOf(u) }), data: { user: u.id, switch: u.id }, onclick: () => become(u.id) },
    avatar(u.id, 30), waiting ? h("span", { class: "face-dot", title: t("hasNews") }) : null);
}

function panel() {
  return h("div", { class: "people-panel" }, h("div", { class: "menu-heading" }, t("whoAreYou")),
    people().map((u, i) => h("div", { class: ["person", u.id === state.me && "active"] },
      h("button", { type: "button", class: "person-main", data: { user: u.id, switch: u.id }, "aria-current": u.id === state.me ? "true" : null, onclick: () => { closePopover(); become(u.id); } },
        avatar(u.id, 36),
        h("span", { class: "person-text" }, h("strong", null, nameOf(u)), h("span", { class: "muted" }, titleOf(u) || t("member"))),
        state.elsewhere.get(u.id) ? h("span", { class: "side-dot", title: t("hasNews") }) : i < 9 ? h("kbd", null, `Alt ${i + 1}`) : null),
      languages(u))));
}

function languages(u) {
  const node = h("div", { class: "languages", role: "radiogroup", "aria-label": t("languageOf", { name: nameOf(u) }) });
  const draw = () => replace(node, LANGUAGES.map(([code, short, long]) => {
    const on = (u.locale || "en-US").split("-")[0] === code.split("-")[0];
    return h("button", { type: "button", role: "radio", "aria-checked": String(on), title: long, "aria-label": long, lang: code, data: { locale: code, user: u.id }, onclick: () => speak(u, code, draw) }, short);
  }));
  draw();
  return node;
}

async function speak(u, locale, draw) {
  try {
    await post("user", { user: u.id, locale });
    u.locale = locale;
    draw();
    await loadState();
  } catch (error) {
    showError(error);
  }
}

// become switches to a person, in the same place if they can see it.
export function become(id) {
  const { route } = state;
  const next = { ...route, user: id };
  if (route.kind === "channel" && !sees(channel(route.channel), id)) {
    const dm = channel(route.channel).is_im && dmOf(id);
    Object.assign(next, dm ? { channel: dm.id, thread: "" } : { kind: "list", channel: "", thread: "" });
  }
  go(format(next));
}

// Alt and a digit switches to that person; which key it is counts, not the sign it types.
document.addEventListener("keydown", (event) => {
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (!event.altKey || event.ctrlKey || event.metaKey || !digit || document.querySelector("dialog[open]")) return;
  const person = people()[Number(digit[1]) - 1];
  if (!person) return;
  event.preventDefault();
  if (person.id !== state.me) become(person.id);
});
