// A panel beside a control, in the browser's top layer; on a phone it is a sheet from the bottom.
import { h, phone } from "./dom.js";

let open = null;

// openPopover shows content beside the anchor and returns a function that closes it. One is open at a time.
// Options: label (its accessible name), role, width, onClose, keepFocus (leave the focus where it is).
export function openPopover(anchor, content, options = {}) {
  closePopover();
  const host = anchor.closest("dialog") || document.body;
  const node = h("div", {
    class: ["popover", phone() && !options.keepFocus && "sheet"], popover: "manual",
    role: options.role || "dialog", "aria-label": options.label,
  }, phone() && !options.keepFocus ? h("div", { class: "sheet-grip", "aria-hidden": "true" }) : null, content);
  host.append(node);
  node.showPopover();

  const place = () => position(node, anchor, options.width);
  const outside = (event) => {
    if (node.contains(event.target) || anchor.contains(event.target)) return;
    if (node.classList.contains("sheet")) swallowClick();
    close();
  };
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  const close = () => {
    if (open?.close !== close) return;
    open = null;
    const hadFocus = node.contains(document.activeElement);
    for (const [target, name, fn] of wires) target.removeEventListener(name, fn, true);
    node.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (hadFocus) anchor.focus({ preventScroll: true });
    options.onClose?.();
  };
  const wires = [[document, "pointerdown", outside], [document, "keydown", escape], [window, "resize", place], [document, "scroll", place]];
  for (const [target, name, fn] of wires) target.addEventListener(name, fn, true);
  open = { close, node, place };
  anchor.setAttribute("aria-expanded", "true");
  place();
  if (!options.keepFocus) (node.querySelector("[autofocus]") || node.querySelector("input, [tabindex='0'], button, a"))?.focus({ preventScroll: true });
  return close;
}

// swallowClick keeps the tap beside a sheet from also pressing what lies under it.
function swallowClick() {
  const stop = (event) => { event.preventDefault(); event.stopPropagation(); };
  document.addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", stop, true), 400);
}

// closePopover closes the open panel, if there is one.
export function closePopover() {
  open?.close();
}

// placePopover moves the open panel to its anchor again, after its content changed.
export const placePopover = () => open?.place();

function position(node, anchor, width) {
  if (node.classList.contains("sheet")) return;
  const box = anchor.getBoundingClientRect();
  const gap = 6;
  const view = { w: document.documentElement.clientWidth, h: window.innerHeight };
  node.style.minWidth = `${Math.min(width || box.width, view.w - 16)}px`;
  node.style.maxHeight = "none";
  const size = node.getBoundingClientRect();
  const below = view.h - box.bottom - gap - 8;
  const above = box.top - gap - 8;
  const up = below < Math.min(size.height, 320) && above > below;
  const height = Math.min(size.height, up ? above : below);
  node.style.maxHeight = `${Math.max(height, 120)}px`;
  node.style.left = `${Math.max(8, Math.min(box.left, view.w - size.width - 8))}px`;
  node.style.top = `${up ? box.top - gap - height : box.bottom + gap}px`;
}
