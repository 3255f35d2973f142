// Select menus, single and multiple: a button that shows the choice, and a searchable list.
import { changed, act, ids, inInput, startOf } from "./action.js";
import { post } from "./api.js";
import { h, replace, uid } from "./dom.js";
import { icon } from "./icons.js";
import { textObject } from "./mrkdwn.js";
import { openPopover, placePopover } from "./popover.js";
import { isApp, labelOf, nameOf, people, sees, state, titleOf, user } from "./state.js";
import { t } from "./strings.js";
import { showError } from "./toast.js";

// Options are kept as {value, label: nodes, text, note}; groups as {label, options}.

// selectElement draws any *_select element; the value is an option's value or id, or a list of them.
export function selectElement(el, block, ctx) {
  const multi = el.type.startsWith("multi_");
  const known = new Map();
  const remember = (groups) => { for (const g of groups) for (const o of g.options) known.set(o.value, o); return groups; };
  const initial = remember([{ options: initialOptions(el) }])[0].options.map((o) => o.value);
  const fixed = localGroups(el);
  if (fixed) remember(fixed);
  let value = startOf(ctx, block, el, multi ? initial : initial[0] ?? "");
  let before = "";

  const node = h("button", {
    type: "button", class: "select", data: ids(block, el), role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false",
    onclick: () => show(), onkeydown: (event) => {
      if (["ArrowDown", "ArrowUp"].includes(event.key)) { event.preventDefault(); show(); }
    },
  });
  const draw = () => replace(node, h("span", { class: "select-value" }, shown()), icon("down", 16));
  const shown = () => {
    const chosen = (multi ? value : [value]).filter((v) => v !== "").map((v) => known.get(v) || { label: [v] });
    if (!chosen.length) return h("span", { class: "placeholder" }, el.placeholder ? textObject(el.placeholder) : t("choose"));
    return multi ? chosen.map((o) => h("span", { class: "chip" }, o.label.map(copy))) : chosen[0].label.map(copy);
  };
  const choose = (option, close) => {
    known.set(option.value, option);
    if (!multi) {
      value = option.value;
      draw();
      close();
      changed(ctx, block, el, value, node);
      return;
    }
    if (value.includes(option.value)) value = value.filter((v) => v !== option.value);
    else if (!el.max_selected_items || value.length < el.max_selected_items) value = [...value, option.value];
    ctx.form.set(block.block_id, el.action_id, value);
    draw();
    placePopover();
  };
  // Slack reports a multi-select once, when its list closes.
  const closed = () => {
    if (multi && JSON.stringify(value) !== before && (!inInput(block) || block.dispatch_action)) act(ctx, block, el, value, node);
  };
  const show = () => {
    before = JSON.stringify(value);
    listbox(node, {
      multi, label: labelFor(node, el), groups: fixed, min: el.min_query_length ?? 3,
      load: fixed ? null : async (typed) => remember(await remoteGroups(el, block, ctx, typed)),
      isChosen: (v) => (multi ? value.includes(v) : value === v), choose, closed,
    });
  };
  draw();
  return node;
}

const copy = (node) => (node instanceof Node ? node.cloneNode(true) : node);

const labelFor = (node, el) => node.getAttribute("aria-label") || el.placeholder?.text || t("choose");

// listbox opens the list; typing filters it, or asks the app for more.
function listbox(anchor, { multi, label, groups, min, load, isChosen, choose, closed }) {
  const id = uid("list");
  const list = h("div", { id, class: "listbox", role: "listbox", "aria-label": label, "aria-multiselectable": multi ? "true" : null });
  const input = h("input", {
    class: "input listbox-search", type: "text", placeholder: t("search"), role: "combobox", "aria-controls": id, "aria-expanded": "true",
    "aria-autocomplete": "list", "aria-label": label, autocomplete: "off", oninput: () => search(), onkeydown: (event) => key(event),
  });
  let active = -1;
  let asked = 0;
  const rows = () => [...list.querySelectorAll("[role=option]")];
  const mark = (index) => {
    const all = rows();
    active = all.length ? (index + all.length) % all.length : -1;
    all.forEach((row, i) => row.classList.toggle("active", i === active));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const draw = (found) => {
    replace(list, found.flatMap((group) => [
      group.label && group.options.length ? h("div", { class: "listbox-group" }, group.label) : null,
      group.options.map((option) => row(option)),
    ]));
    if (!rows().length) list.append(h("div", { class: "listbox-note" }, t("nothingFound")));
    mark(Math.max(rows().findIndex((r) => r.getAttribute("aria-selected") === "true"), 0));
    placePopover();
  };
  const row = (option) => h("div", {
    id: uid("option"), class: "option", role: "option", data: { value: option.value }, "aria-selected": String(isChosen(option.value)),
    onclick: (event) => pick(option, event.currentTarget),
  }, h("span", { class: "option-text" }, option.label.map(copy), option.note ? h("span", { class: "option-note" }, option.note) : null), icon("check", 16));
  const pick = (option, node) => {
    choose(option, () => close());
    node.setAttribute("aria-selected", String(isChosen(option.value)));
  };
  const search = async () => {
    const typed = input.value.trim();
    if (!load) return draw(filter(groups, typed));
    if (typed.length < min) return replace(list, h("div", { class: "listbox-note" }, t("typeMore", { n: min })));
    const turn = ++asked;
    await new Promise((done) => setTimeout(done, typed ? 180 : 0));
    if (turn !== asked) return undefined;
    replace(list, h("div", { class: "listbox-note busy-note" }, t("loading")));
    try {
      const found = await load(typed);
      if (turn === asked) draw(found);
    } catch (error) {
      replace(list, h("div", { class: "listbox-note" }, t("noOptions")));
      showError(error);
    }
    return undefined;
  };
  const key = (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active - 1);
    else if (event.key === "Enter") rows()[active]?.click();
    else if (event.key === "Tab") { close(); return; }
    else return;
    event.preventDefault();
  };
  const close = openPopover(anchor, h("div", { class: "listbox-box" }, input, list), { label, width: 260, onClose: closed });
  search();
  input.focus();
}

function filter(groups, typed) {
  const words = typed.toLowerCase();
  return groups.map((g) => ({ ...g, options: g.options.filter((o) => `${o.text} ${o.note || ""}`.toLowerCase().includes(words)) }));
}

function option(o) {
  return { value: o.value, label: textObject(o.text), text: o.text?.text || "", note: o.description?.text };
}

function toGroups(object) {
  if (object.option_groups?.length) return object.option_groups.map((g) => ({ label: textObject(g.label), options: g.options.map(option) }));
  return [{ options: (object.options || []).map(option) }];
}

const personOption = (id) => ({ value: id, label: [nameOf(user(id))], text: `${nameOf(user(id))} ${user(id).name}`, note: titleOf(user(id)) });
const channelOption = (ch) => ({ value: ch.id, label: [`${ch.is_im ? "@" : "#"} ${labelOf(ch)}`], text: labelOf(ch) });

function localGroups(el) {
  const kind = el.type.replace("multi_", "");
  const channels = [...state.channels.values()];
  if (kind === "users_select") {
    const apps = [...state.users.values()].filter((u) => isApp(u.id));
    return [{ options: [...people(), ...apps].map((u) => personOption(u.id)) }];
  }
  if (kind === "channels_select") return [{ options: channels.filter((c) => !c.is_im && !c.is_private).map(channelOption) }];
  if (kind === "conversations_select") {
    const wanted = el.filter?.include || ["public", "private", "im"];
    const kindOf = (c) => (c.is_im ? "im" : c.is_private ? "private" : "public");
    return [{ options: channels.filter((c) => wanted.includes(kindOf(c)) && sees(c)).map(channelOption) }];
  }
  return kind === "static_select" ? toGroups(el) : null;
}

function initialOptions(el) {
  const people = [el.initial_user, ...(el.initial_users || [])].filter(Boolean).map(personOption);
  const places = [el.initial_channel, el.initial_conversation, ...(el.initial_channels || []), ...(el.initial_conversations || [])];
  const options = [el.initial_option, ...(el.initial_options || [])].filter(Boolean).map(option);
  return [...options, ...people, ...places.filter(Boolean).map((id) => channelOption(state.channels.get(id) || { id, name: id }))];
}

async function remoteGroups(el, block, ctx, typed) {
  return toGroups(await post("options", {
    user: state.me, channel: ctx.channel, ts: ctx.ts, action_id: el.action_id, block_id: block.block_id, value: typed,
  }));
}
