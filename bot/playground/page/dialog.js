// Modal dialogs: the browser keeps the focus inside and makes the rest inert.
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { textObject } from "./mrkdwn.js";
import { closePopover } from "./popover.js";
import { t } from "./strings.js";

// showDialog opens a dialog with a title, body nodes and footer nodes. onCancel runs on Escape, the cross and
// a click beside it. It returns the dialog element; remove it with closeDialog.
export function showDialog({ title, body, footer, onCancel, className = "", onSubmit, back }) {
  const id = uid("dialog");
  const form = h("form", { class: "dialog-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); onSubmit?.(); } },
    h("header", { class: "dialog-head" }, back || null,
      h("h2", { id, class: "dialog-title" }, title),
      h("button", { type: "button", class: "icon-btn", "aria-label": t("close"), title: t("close"), onclick: () => onCancel() }, icon("close"))),
    h("div", { class: "dialog-body" }, body),
    footer ? h("footer", { class: "dialog-foot" }, footer) : null);
  const node = h("dialog", {
    class: `dialog ${className}`, "aria-labelledby": id,
    oncancel: (event) => { event.preventDefault(); onCancel(); },
    onpointerdown: (event) => { if (event.target === node) onCancel(); },
  }, form);
  const focus = document.activeElement;
  node.focusBefore = focus;
  closePopover();
  document.body.append(node);
  node.showModal();
  return node;
}

// closeDialog removes it and gives the focus back to where it was.
export function closeDialog(node) {
  if (!node?.isConnected) return;
  closePopover();
  node.remove(); // close() would give the focus back by itself, but without the caret: then a field takes no letters
  if (node.focusBefore?.isConnected) node.focusBefore.focus({ preventScroll: true });
}

// confirmed asks an app's confirm object and resolves to the answer.
export function confirmed(confirm) {
  return new Promise((resolve) => {
    const answer = (yes) => { closeDialog(node); resolve(yes); };
    const node = showDialog({
      className: "dialog-confirm", title: textObject(confirm.title),
      body: h("div", { class: "confirm-text" }, textObject(confirm.text)),
      footer: [
        h("button", { type: "button", class: "btn", data: { confirm: "no" }, onclick: () => answer(false) }, textObject(confirm.deny)),
        h("button", { type: "submit", class: ["btn", confirm.style === "danger" ? "btn-danger" : "btn-primary"], data: { confirm: "yes" } }, textObject(confirm.confirm)),
      ],
      onSubmit: () => answer(true), onCancel: () => answer(false),
    });
    node.querySelector("[data-confirm=yes]").focus();
  });
}
