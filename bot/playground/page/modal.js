// The person's open modal: drawn from the view the app opened, checked as Slack checks it, and sent.
import { Form } from "./action.js";
import { post } from "./api.js";
import { blocks } from "./blocks.js";
import { closeDialog, showDialog } from "./dialog.js";
import { h, announce } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";
import { on, state } from "./state.js";
import { t } from "./strings.js";
import { loadView, setView } from "./sync.js";
import { showError } from "./toast.js";

const forms = new Map(); // view id -> Form: what was typed survives an update, and a view pushed on top
let shown = null;        // {id, sign, node}

// startModals draws the view of the chosen person from now on.
export function startModals() {
  on("view", draw);
  on("person", draw);
}

function draw() {
  const { view } = state;
  const sign = view ? JSON.stringify([state.me, state.depth, view.id, view.title, view.blocks, view.submit, view.close]) : "";
  if (shown?.sign === sign) return;
  const focus = shown?.id === view?.id ? markFocus() : null;
  const scroll = shown?.id === view?.id ? shown?.node.querySelector(".dialog-body").scrollTop : 0;
  const before = shown?.node.focusBefore;
  if (shown) closeDialog(shown.node);
  shown = null;
  if (!view) return;
  if (!forms.has(view.id)) forms.set(view.id, new Form());
  shown = { id: view.id, sign, node: open(view, forms.get(view.id)) };
  if (before) shown.node.focusBefore = before;
  shown.node.querySelector(".dialog-body").scrollTop = scroll;
  restoreFocus(focus);
}

function open(view, form) {
  const ctx = { surface: "modal", channel: "modal", ts: view.id, form };
  const submit = view.submit ? h("button", { type: "submit", class: "btn btn-primary", data: { submit: "true" } }, h("span", { class: "btn-label" }, plain(view.submit.text))) : null;
  const node = showDialog({
    className: "dialog-view", title: plain(view.title?.text || state.app.name),
    back: state.depth > 1 ? h("button", { type: "button", class: "icon-btn", "aria-label": t("back"), onclick: close }, icon("back")) : null,
    body: blocks(view.blocks, ctx),
    footer: [
      h("span", { class: "dialog-by muted" }, state.app.name),
      h("button", { type: "button", class: "btn", data: { close: "true" }, onclick: close }, view.close ? plain(view.close.text) : submit ? t("cancel") : t("close")), submit,
    ],
    onSubmit: () => { if (submit) send(view, form, submit); }, onCancel: close,
  });
  node.dataset.view = view.id;
  form.onset = (block) => {
    const box = [...node.querySelectorAll(".invalid")].find((b) => b.dataset.inputBlock === block);
    if (box) mark(box, "");
  };
  node.dataset.callbackId = view.callback_id || "";
  const first = node.querySelector("[data-focus]") || node.querySelector(".dialog-body :is(input, textarea, button, [tabindex='0']):not([disabled])");
  (first || submit || node.querySelector("[data-close]")).focus({ preventScroll: true });
  return node;
}

async function close() {
  try {
    const { view, depth } = await post("close", { user: state.me });
    setView(view, depth);
  } catch (error) {
    showError(error);
  }
}

async function send(view, form, button) {
  const { node } = shown;
  if (button.getAttribute("aria-busy") === "true") return;
  const problems = check(view, form);
  showProblems(problems);
  if (Object.keys(problems).length) return;
  button.setAttribute("aria-busy", "true");
  node.classList.add("busy");
  try {
    form.inputs = new Map(inputs(view).map((b) => [b.block_id, b.element.action_id]));
    const answer = await post("submit", { user: state.me, values: form.filled() });
    if (answer.errors) showProblems(answer.errors);
    else await loadView();
  } catch (error) {
    showError(error);
  } finally {
    button.removeAttribute("aria-busy");
    node.classList.remove("busy");
  }
}

const inputs = (view) => (view.blocks || []).filter((b) => b.type === "input");
const isEmpty = (value) => value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);

// check finds what Slack would refuse before it asks the app: {block_id: sentence}.
function check(view, form) {
  const problems = {};
  for (const { block_id: id, element: el, optional } of inputs(view)) {
    const value = form.get(id, el.action_id);
    const text = typeof value === "string" ? value.trim() : value;
    if (isEmpty(text)) {
      if (!optional) problems[id] = t("required");
      continue;
    }
    const problem = checks[el.type]?.(String(value).trim(), el);
    if (problem) problems[id] = problem;
  }
  return problems;
}

const checks = {
  plain_text_input(value, el) {
    if (el.min_length && value.length < el.min_length) return t("tooShort", { n: el.min_length });
    if (el.max_length && value.length > el.max_length) return t("tooLong", { n: el.max_length });
    return "";
  },
  number_input(value, el) {
    const plainNumber = /^-?\d+(\.\d+)?$/.test(value);
    if (!plainNumber) return t("notNumber");
    if (!el.is_decimal_allowed && !/^-?\d+$/.test(value)) return t("notWhole");
    if (el.min_value !== undefined && Number(value) < Number(el.min_value)) return t("tooSmall", { n: el.min_value });
    if (el.max_value !== undefined && Number(value) > Number(el.max_value)) return t("tooBig", { n: el.max_value });
    return "";
  },
  email_text_input: (value) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? "" : t("notEmail")),
  url_text_input: (value) => (/^https?:\/\/\S+$/i.test(value) ? "" : t("notUrl")),
};

// showProblems writes each sentence under its input and goes to the first.
function showProblems(problems) {
  if (!shown) return;
  let first = null;
  for (const box of shown.node.querySelectorAll("[data-input-block]")) {
    const problem = problems[box.dataset.inputBlock] || "";
    const control = mark(box, problem);
    if (problem && !first) first = { control, problem };
  }
  if (!first) return;
  first.control?.focus();
  first.control?.scrollIntoView({ block: "center" });
  announce(first.problem);
}

// mark writes a sentence, or none, under an input and returns its control.
function mark(box, problem) {
  box.classList.toggle("invalid", Boolean(problem));
  box.querySelector(".input-error").textContent = problem;
  const control = box.querySelector("input, textarea, select, button");
  control?.setAttribute("aria-invalid", String(Boolean(problem)));
  return control;
}

// An update of the same view keeps the focus and the caret where they were.
function markFocus() {
  const at = document.activeElement;
  const holder = at?.closest?.("[data-action-id]");
  if (!holder) return null;
  return { action: holder.dataset.actionId, block: holder.dataset.blockId, caret: at.selectionStart };
}

function restoreFocus(focus) {
  if (!focus) return;
  const holder = [...shown.node.querySelectorAll("[data-action-id]")].find((n) => n.dataset.actionId === focus.action && n.dataset.blockId === focus.block);
  if (!holder) return;
  holder.focus({ preventScroll: true });
  if (focus.caret !== undefined && focus.caret !== null && holder.setSelectionRange) {
    try { holder.setSelectionRange(focus.caret, focus.caret); } catch { /* not a text field */ }
  }
}
