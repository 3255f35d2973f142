// Block Kit, block by block. Every block carries its block_id; one that is unknown or malformed becomes a
// visible note, so that nothing an app sent disappears.
import { h, uid } from "./dom.js";
import { chart } from "./charts.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";
import { imageBlock, imageElement } from "./image.js";
import { markdown } from "./markdown.js";
import { plain, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";
import { t } from "./strings.js";

// blocks draws a list of blocks for a surface. ctx: {surface, channel, ts, form}.
export function blocks(list, ctx) {
  return h("div", { class: "blocks" }, (list || []).map((block) => one(block, ctx)));
}

function one(block, ctx) {
  const draw = drawers[block.type];
  let node;
  try {
    node = draw ? draw(block, ctx) : unknown(block);
  } catch (error) {
    console.error(error);
    node = unknown(block);
  }
  node.classList.add("block", `block-${block.type}`);
  if (block.block_id) node.dataset.blockId = block.block_id;
  node.dataset.block = block.type;
  return node;
}

const unknown = (block) => h("div", { class: "unknown" }, icon("info", 16), h("span", null, t("unknownBlock", { type: block.type || "?" })));

const drawers = {
  section, header, divider: () => h("hr", { class: "divider" }), context, actions, input,
  image: imageBlock, rich_text: (b) => h("div", null, richText(b.elements)), markdown: (b) => h("div", null, markdown(b.text)),
  table, data_table: dataTable, data_visualization: chart, card, carousel, container, alert, file, video,
};

function header(block) {
  return h("div", { role: "heading", "aria-level": 3 }, textObject(block.text));
}

function section(block, ctx) {
  const wide = block.accessory && block.accessory.type !== "image" && !["button", "overflow"].includes(block.accessory.type);
  return h("div", { class: wide ? "section-wide" : null },
    h("div", { class: "section-main" },
      block.text ? h("div", { class: "section-text" }, textObject(block.text)) : null,
      block.fields ? h("div", { class: "fields" }, block.fields.map((f) => h("div", { class: "field" }, textObject(f)))) : null),
    block.accessory ? h("div", { class: "accessory" }, element(block.accessory, block, ctx)) : null);
}

function context(block) {
  return h("div", null, block.elements.map((el) =>
    (el.type === "image" ? imageElement(el, "context-image") : h("span", { class: "context-text" }, textObject(el)))));
}

function actions(block, ctx) {
  return h("div", { role: "group" }, block.elements.map((el) => element(el, block, ctx)));
}

// input draws a labelled control, its hint, and the place of its error.
function input(block, ctx) {
  const control = element(block.element, block, ctx);
  const target = control.matches("input, textarea, select, button") ? control : control.querySelector("input, textarea, button");
  const label = uid("label");
  const note = uid("note");
  if (target) {
    if (control.getAttribute("role")) control.setAttribute("aria-labelledby", label);
    else target.setAttribute("aria-labelledby", label);
    target.setAttribute("aria-describedby", note);
    target.id ||= uid("control");
  }
  const group = ["checkboxes", "radio_buttons"].includes(block.element.type);
  return h("div", { data: { inputBlock: block.block_id } },
    h("label", { id: label, for: group || !target ? null : target.id }, textObject(block.label),
      block.optional ? h("span", { class: "optional" }, t("optional")) : null),
    control,
    h("div", { id: note }, h("div", { class: "input-error", role: "alert" }),
      block.hint ? h("div", { class: "hint" }, textObject(block.hint)) : null));
}

function card(block, ctx) {
  return h("article", null,
    block.hero_image ? imageElement(block.hero_image, "card-hero") : null,
    h("div", { class: "card-body" },
      h("div", { class: "card-head" },
        block.icon ? imageElement(block.icon, "card-icon") : null,
        h("div", null,
          block.title ? h("div", { class: "card-title" }, textObject(block.title)) : null,
          block.subtitle ? h("div", { class: "card-subtitle" }, textObject(block.subtitle)) : null)),
      block.body ? h("div", { class: "card-text" }, textObject(block.body)) : null,
      block.subtext ? h("div", { class: "card-subtext" }, textObject(block.subtext)) : null),
    block.actions?.length ? h("div", { class: "card-actions" }, block.actions.map((el) => element(el, block, ctx))) : null);
}

function carousel(block, ctx) {
  const track = h("div", { class: "carousel-track", tabindex: "0", role: "group", "aria-label": t("cards", { n: block.elements.length }) },
    block.elements.map((c) => one({ ...c, type: "card" }, ctx)));
  const slide = (way) => track.scrollBy({ left: way * track.clientWidth * 0.8, behavior: "smooth" });
  return h("div", null, track, h("div", { class: "carousel-nav" },
    h("button", { type: "button", class: "icon-btn", "aria-label": t("previous"), onclick: () => slide(-1) }, icon("back")),
    h("button", { type: "button", class: "icon-btn", "aria-label": t("next"), onclick: () => slide(1) }, icon("next"))));
}

function container(block, ctx) {
  const title = block.rich_text_title ? richText(block.rich_text_title.elements) : textObject(block.title);
  const head = [
    block.icon ? imageElement(block.icon, "context-image") : null,
    h("span", { class: "container-titles" }, h("span", { class: "container-title" }, title),
      block.subtitle ? h("span", { class: "container-subtitle" }, textObject(block.subtitle)) : null),
  ];
  const body = h("div", { class: "container-body", id: uid("container") }, blocks(block.child_blocks, ctx));
  const width = `container-${block.width || "standard"}`;
  if (!block.is_collapsible) {
    return h("section", { class: width }, h("div", { class: ["container-head", block.has_header_divider && "ruled"] }, head), body);
  }
  const set = (open) => {
    body.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  const button = h("button", { type: "button", class: "container-head", "aria-controls": body.id, onclick: () => set(body.hidden) }, head, icon("down"));
  set(!block.default_collapsed);
  return h("section", { class: width }, button, body);
}

function alert(block) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "default";
  return h("div", { class: `alert-${level}`, role: "note" }, icon(level === "default" ? "info" : level), h("div", null, textObject(block.text)));
}

function file(block) {
  return h("div", { class: "file" }, icon("file"), h("span", null, block.file?.title || block.external_id || t("file")));
}

function video(block) {
  return h("div", { class: "file" }, icon("file"), h("span", null, textObject(block.title), " ", plain(block.alt_text || "")));
}
