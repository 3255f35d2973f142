// Buttons, menus, choices and text inputs of Block Kit.
import { act, changed, ids, inInput, startOf } from "./action.js";
import { h, safeUrl, uid } from "./dom.js";
import { icon } from "./icons.js";
import { fileInput } from "./upload.js";
import { openMenu } from "./menu.js";
import { imageElement } from "./image.js";
import { textObject } from "./mrkdwn.js";
import { dateControl, dateTimeControl, timeControl } from "./pickers.js";
import { selectElement } from "./select.js";
import { t } from "./strings.js";

// element draws one element of a block; ctx says where it stands and holds the form.
export function element(el, block, ctx) {
  const draw = elements[el.type];
  if (draw) return draw(el, block, ctx);
  if (/_select$/.test(el.type)) return selectElement(el, block, ctx);
  return h("span", { class: "unknown" }, t("unknownElement", { type: el.type }));
}

const elements = {
  button, overflow, checkboxes: choices, radio_buttons: choices, image: (el) => imageElement(el),
  datepicker: dateControl, timepicker: timeControl, datetimepicker: dateTimeControl,
  plain_text_input: textInput, email_text_input: textInput, url_text_input: textInput, number_input: textInput,
  rich_text_input: textInput, file_input: fileInput, workflow_button: button,
};

function button(el, block, ctx) {
  const style = { primary: "btn-primary", danger: "btn-danger" }[el.style];
  const href = el.url ? safeUrl(el.url) : "";
  const node = h(href ? "a" : "button", {
    class: ["btn", style, ctx.small && "btn-small"], data: ids(block, el), "aria-label": el.accessibility_label || null,
    ...(href ? { href, target: "_blank", rel: "noopener noreferrer" } : { type: "button" }),
    onclick: () => act(ctx, block, el, el.value, node),
  }, h("span", { class: "btn-label" }, textObject(el.text)), href ? icon("link", 15) : null);
  return node;
}

function overflow(el, block, ctx) {
  const node = h("button", {
    type: "button", class: "btn btn-square", data: ids(block, el), "aria-haspopup": "menu", "aria-label": t("more"),
    onclick: () => openMenu(node, el.options.map((option) => ({
      label: textObject(option.text), note: option.description ? textObject(option.description) : null,
      href: option.url ? safeUrl(option.url) : null, data: { value: option.value },
      run: () => act(ctx, block, el, option.value, node),
    }))),
  }, icon("more"));
  return node;
}

// choices draws checkboxes and radio buttons; their value is a list, or one value.
function choices(el, block, ctx) {
  const many = el.type === "checkboxes";
  const initial = many ? (el.initial_options || []).map((o) => o.value) : el.initial_option?.value ?? "";
  let value = startOf(ctx, block, el, initial);
  const name = uid("choice");
  const has = (option) => (many ? value.includes(option.value) : value === option.value);
  const pick = (option, on) => {
    if (!many) value = option.value;
    else value = el.options.map((o) => o.value).filter((v) => (v === option.value ? on : value.includes(v)));
    changed(ctx, block, el, value, node);
  };
  const node = h("div", { class: "choices", data: ids(block, el), role: many ? "group" : "radiogroup" },
    el.options.map((option) => h("label", { class: "choice" },
      h("input", {
        type: many ? "checkbox" : "radio", name, checked: has(option), data: { value: option.value },
        onchange: (event) => pick(option, event.target.checked),
      }),
      h("span", null, h("span", { class: "choice-text" }, textObject(option.text)),
        option.description ? h("span", { class: "choice-note" }, textObject(option.description)) : null))));
  return node;
}

const inputModes = { email_text_input: "email", url_text_input: "url", number_input: "decimal" };

function textInput(el, block, ctx) {
  const start = startOf(ctx, block, el, el.initial_value ?? "");
  const tag = el.multiline || el.type === "rich_text_input" ? "textarea" : "input";
  const counter = el.max_length && el.max_length <= 1000 ? h("span", { class: "counter", "aria-hidden": "true" }) : null;
  const count = () => { if (counter) counter.textContent = `${node.value.length} / ${el.max_length}`; };
  let timer = 0;
  let sent = start;
  const on = el.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  const dispatches = !inInput(block) || block.dispatch_action;
  const dispatch = () => { if (node.value !== sent) act(ctx, block, el, sent = node.value, node); };
  const node = h(tag, {
    class: "input", data: ids(block, el), value: start, inputmode: inputModes[el.type] || null, autocomplete: "off",
    type: tag === "input" ? "text" : null, rows: tag === "textarea" ? 4 : null,
    placeholder: el.placeholder ? el.placeholder.text : null, maxlength: el.max_length || null,
    oninput: () => {
      ctx.form.set(block.block_id, el.action_id, node.value);
      count();
      if (!dispatches || !on.includes("on_character_entered")) return;
      clearTimeout(timer);
      timer = setTimeout(dispatch, 400);
    },
    onkeydown: (event) => {
      if (event.key !== "Enter" || event.isComposing || tag === "textarea") return;
      if (dispatches && on.includes("on_enter_pressed")) {
        event.preventDefault();
        dispatch();
      }
    },
  });
  count();
  return counter ? h("div", { class: "counted" }, node, counter) : node;
}
