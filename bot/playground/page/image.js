// Pictures of apps. One that cannot be loaded is replaced by its alternative text.
import { h, safeUrl } from "./dom.js";
import { icon } from "./icons.js";
import { textObject } from "./mrkdwn.js";

// sourceOf is the address of an image block or element: a public one, or a file of the workspace.
export function sourceOf(image) {
  const file = image.slack_file || {};
  return safeUrl(image.image_url || file.url || (file.id ? `/files/${encodeURIComponent(file.id)}/image` : ""));
}

// imageElement draws a small picture, as in a section or a context block.
export function imageElement(el, className = "thumb") {
  const alt = el.alt_text || "";
  return h("img", { class: className, src: sourceOf(el), alt, title: alt, loading: "lazy", onerror: (event) => fallback(event.target, alt, `${className} broken`) });
}

// imageBlock draws a picture with its title.
export function imageBlock(block) {
  const alt = block.alt_text || "";
  return h("figure", { class: "figure" },
    block.title ? h("figcaption", { class: "figure-title" }, textObject(block.title)) : null,
    h("a", { class: "picture-link", href: sourceOf(block), target: "_blank", rel: "noopener", title: alt },
      h("img", { class: "picture", src: sourceOf(block), alt, loading: "lazy", onerror: (event) => fallback(event.target.parentNode, alt, "picture broken") })));
}

function fallback(node, alt, className) {
  node.replaceWith(h("span", { class: className, role: "img", "aria-label": alt }, icon("file"), h("span", null, alt)));
}
