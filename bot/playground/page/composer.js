// Where people type: messages, slash commands and shortcuts, with completion and the memory of what was typed.
import { post } from "./api.js";
import { avatar } from "./avatar.js";
import { commandOf, completions, encode, usageOf } from "./complete.js";
import { h, phone, replace, touch, uid } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { useShortcut } from "./message.js";
import { channel, labelOf, nameOf, placeKey, state, user } from "./state.js";
import { t } from "./strings.js";
import { showError } from "./toast.js";

// composer draws the box for a channel, or for one of its threads; sent is called when something is. It returns
// {node, fill(text), focus(), stop()}.
export function composer({ channel: id, thread = "", sent }) {
  const key = placeKey(id, thread);
  const ch = channel(id);
  const listId = uid("complete");
  const place = ch.is_im ? t("messageApp", { app: labelOf(ch) }) : t("messageChannel", { name: labelOf(ch) });
  const placeholder = thread ? t("replyHere") : place;
  const input = h("textarea", {
    class: "composer-input", rows: 1, placeholder, "aria-label": placeholder, role: "combobox", "aria-autocomplete": "list",
    "aria-controls": listId, "aria-expanded": "false", enterkeyhint: "send", data: { composer: thread ? "thread" : "channel" },
    oninput: () => changed(), onkeydown: (event) => key_(event), onblur: () => setTimeout(hideOffers, 150), onclick: () => offer(),
  });
  const offers = h("div", { class: "offers", id: listId, role: "listbox", "aria-label": t("suggestions"), hidden: true });
  const usage = h("div", { class: "usage", hidden: true });
  const notice = h("div", { class: "composer-notice", role: "alert", hidden: true });
  const send = h("button", { type: "button", class: "send", "aria-label": t("send"), title: t("send"), data: { send: "true" }, onclick: () => submit() }, icon("send"));
  const globals = state.app.shortcuts.filter((s) => s.type === "global");
  const bolt = globals.length ? h("button", {
    type: "button", class: "icon-btn", "aria-label": t("shortcuts"), title: t("shortcuts"), "aria-haspopup": "menu", data: { shortcuts: "true" },
    onclick: () => openMenu(bolt, [{ heading: t("shortcuts") }, ...globals.map((s) => ({
      label: s.name, note: s.description, icon: "bolt", data: { callbackId: s.callback_id },
      run: () => useShortcut({ callback_id: s.callback_id, channel: id }),
    }))], { label: t("shortcuts"), width: 240 }),
  }, icon("bolt")) : null;
  const node = h("div", { class: "composer" }, offers, notice, usage,
    h("div", { class: "composer-box" }, input, h("div", { class: "composer-bar" }, bolt,
      h("button", { type: "button", class: "icon-btn mono", "aria-label": t("commands"), title: t("commands"), onclick: () => { if (!input.value) fill("/"); input.focus(); } }, "/"),
      h("button", { type: "button", class: "icon-btn mono", "aria-label": t("mentionSomeone"), title: t("mentionSomeone"), onclick: () => fill(`${input.value}${/\S$/.test(input.value) ? " " : ""}@`) }, "@"),
      h("span", { class: "composer-hint" }, t("composerHint")), send)));

  let found = null;
  let active = 0;
  let back = -1; // how far back in what was typed, -1 for not at all

  const typed = () => state.history.get(key) || [];
  const grow = () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, innerHeight * 0.35)}px`;
  };
  const changed = () => {
    state.drafts.set(key, input.value);
    back = -1;
    notice.hidden = true;
    grow();
    offer();
  };
  const fill = (text) => {
    input.value = text;
    changed();
    input.focus();
    input.setSelectionRange(text.length, text.length);
    offer();
  };

  const hideOffers = () => {
    found = null;
    offers.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const offer = () => {
    send.classList.toggle("ready", Boolean(input.value.trim()));
    const command = usageOf(input.value);
    usage.hidden = !command || Boolean(thread);
    if (command) replace(usage, h("code", null, `${command.command} ${command.usage_hint || ""}`), h("span", null, command.description || ""));
    found = completions(input.value, input.selectionStart);
    if (!found) return hideOffers();
    active = 0;
    drawOffers();
    return undefined;
  };
  const drawOffers = () => {
    offers.hidden = false;
    input.setAttribute("aria-expanded", "true");
    replace(offers, found.items.map((item, i) => h("div", {
      class: ["offer", i === active && "active"], role: "option", id: `${listId}-${i}`, "aria-selected": String(i === active), data: { insert: item.insert.trim() },
      onpointerdown: (event) => { event.preventDefault(); pick(i); },
    }, item.kind === "user" ? avatar(item.id, 24) : item.sign ? h("span", { class: "emoji" }, item.sign) : item.kind === "command" ? icon("bolt", 16) : null,
    h("span", { class: "offer-label" }, item.label), item.usage ? h("code", { class: "offer-usage" }, item.usage) : null,
    item.note ? h("span", { class: "offer-note" }, item.note) : null)));
    input.setAttribute("aria-activedescendant", `${listId}-${active}`);
    offers.children[active].scrollIntoView({ block: "nearest" });
  };
  const pick = (i) => {
    const caret = input.selectionStart;
    const item = found.items[i];
    const text = input.value.slice(0, found.from) + item.insert;
    const rest = input.value.slice(caret);
    input.value = text + rest.replace(/^ /, "");
    input.setSelectionRange(text.length, text.length);
    hideOffers();
    changed();
    input.focus();
  };

  const key_ = (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (found && offerKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !touch()) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && (input.value === "" || back >= 0)) recall(event, back + 1);
    else if (event.key === "ArrowDown" && back >= 0) recall(event, back - 1);
  };
  const offerKey = (event) => {
    const { items } = found;
    if (event.key === "ArrowDown") active = (active + 1) % items.length;
    else if (event.key === "ArrowUp") active = (active + items.length - 1) % items.length;
    else if (event.key === "Escape") { hideOffers(); event.preventDefault(); return true; }
    else if (event.key === "Tab" || (event.key === "Enter" && !complete(items[active]))) { event.preventDefault(); pick(active); return true; }
    else return false;
    event.preventDefault();
    drawOffers();
    return true;
  };
  const complete = (item) => input.value.slice(found.from) === item.insert.trim();
  const recall = (event, to) => {
    const all = typed();
    if (to >= all.length) return;
    event.preventDefault();
    const text = to < 0 ? "" : all[all.length - 1 - to];
    fill(text);
    back = to;
    hideOffers();
  };

  const refuse = (text, action) => {
    replace(notice, icon("warning", 16), h("span", null, text), action
      ? h("button", { type: "button", class: "btn btn-small", onclick: action.run }, action.label) : null);
    notice.hidden = false;
  };
  const submit = async () => {
    const text = input.value.trim();
    if (!text) return;
    const slash = /^\/(\S+)\s*([\s\S]*)$/.exec(text);
    const app = `@${nameOf(user(state.app.bot_user_id))}`;
    if (slash && thread) {
      const words = `${app} ${slash[1]} ${slash[2]}`.trim();
      refuse(t("noSlashInThread", { app }), { label: t("writeThat"), run: () => fill(words) });
      return;
    }
    if (slash && !commandOf(`/${slash[1]}`)) {
      refuse(t("noCommand", { command: `/${slash[1]}`, known: state.app.commands.map((c) => c.command).join(" ") }));
      return;
    }
    state.history.set(key, [...typed().filter((x) => x !== text), text].slice(-50));
    input.value = "";
    changed();
    sent();
    node.setAttribute("aria-busy", "true");
    try {
      if (slash) await command(commandOf(`/${slash[1]}`), slash[2]);
      else await post("message", { user: state.me, channel: id, text: encode(text), thread_ts: thread || undefined });
    } catch (error) {
      if (!input.value) { input.value = text; changed(); hideOffers(); }
      showError(error);
    } finally {
      node.removeAttribute("aria-busy");
    }
  };

  const command = (c, words) => post("command", { user: state.me, channel: id, command: c.command, text: c.should_escape ? encode(words) : words });

  input.value = state.drafts.get(key) || "";
  requestAnimationFrame(grow);
  send.classList.toggle("ready", Boolean(input.value.trim()));
  return { node, fill, focus: () => { if (!phone()) input.focus({ preventScroll: true }); } };
}
