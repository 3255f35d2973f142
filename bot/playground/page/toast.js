// Short notices at the edge of the page: what went wrong, in words, and small confirmations.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { errorText, t } from "./strings.js";

// toast shows a sentence for some seconds. kind is "info", "success" or "error"; action is an optional {label, run}.
export function toast(text, kind = "info", action) {
  const close = () => node.remove();
  const node = h("div", { class: `toast toast-${kind}`, role: kind === "error" ? "alert" : "status" },
    icon(kind), h("span", { class: "toast-text" }, text),
    action ? h("button", { type: "button", class: "btn btn-small", onclick: () => { close(); action.run(); } }, action.label) : null,
    h("button", { type: "button", class: "icon-btn", "aria-label": t("dismiss"), onclick: close }, icon("close", 16)));
  const all = host();
  if (kind !== "error") all.querySelectorAll(".toast:not(.toast-error)").forEach((old) => old.remove());
  all.append(node);
  setTimeout(close, kind === "error" ? 12000 : 4000);
}

// showError tells the person what an ApiError means. Anything else is a fault of the page: it also goes to the console.
export function showError(error) {
  if (!error.code) console.error(error);
  toast(errorText(error.code || String(error.message || error)), "error");
}

// Notices belong into the top layer, above an open dialog.
function host() {
  const all = document.getElementById("toasts");
  const dialog = [...document.querySelectorAll("dialog[open]")].pop();
  const parent = dialog || document.body;
  if (all.parentNode !== parent) parent.append(all);
  return all;
}
