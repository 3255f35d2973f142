// rich_text blocks and cells: sections, lists, quotes and preformatted text.
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { broadcast, channelLink, dateNode, groupMention, link, mention, plain } from "./mrkdwn.js";
import { t } from "./strings.js";

// richText draws the elements of a rich_text block.
export function richText(elements) {
  return groups(elements || []).map((group) => (Array.isArray(group) ? list(group) : container(group)));
}

// groups keeps lists that follow each other together, so that an indented one nests and numbers go on.
function groups(elements) {
  const out = [];
  for (const element of elements) {
    const last = out[out.length - 1];
    if (element.type !== "rich_text_list") out.push(element);
    else if (Array.isArray(last) && (element.indent || 0) > 0) last.push(element);
    else out.push([element]);
  }
  return out;
}

function container(element) {
  switch (element.type) {
    case "rich_text_section": return h("div", { class: "rt-section" }, inline(element.elements));
    case "rich_text_quote": return h("blockquote", { class: "quote" }, inline(element.elements));
    case "rich_text_preformatted": return h("pre", { class: "pre" }, inline(element.elements));
    default: return h("div", { class: "unknown" }, t("unknownElement", { type: element.type }));
  }
}

function list(group) {
  const root = one(group[0]);
  const stack = [root];
  for (const element of group.slice(1)) {
    const depth = Math.min(element.indent || 0, stack.length);
    stack.length = depth;
    const parent = stack[depth - 1];
    const node = one(element);
    if (parent) (parent.lastElementChild || parent).append(node);
    stack.push(node);
  }
  return root;
}

function one(element) {
  const ordered = element.style === "ordered";
  return h(ordered ? "ol" : "ul", { class: "list", start: ordered && element.offset ? element.offset + 1 : null },
    element.elements.map((item) => h("li", null, inline(item.elements))));
}

const inlines = {
  text: (e) => plain(e.text, false),
  link: (e) => link(e.url, [e.text || e.url]),
  user: (e) => mention(e.user_id),
  channel: (e) => channelLink(e.channel_id),
  emoji: (e) => h("span", { class: "emoji", role: "img", "aria-label": e.name }, fromUnicode(e.unicode) || emoji(e.name) || `:${e.name}:`),
  date: (e) => dateNode(e.timestamp, e.format || "{date} {time}", e.url, e.fallback),
  broadcast: (e) => broadcast(e.range),
  usergroup: (e) => groupMention(e.usergroup_id),
  color: (e) => h("code", { class: "code" }, e.value),
  tag: (e) => h("span", { class: "tag" }, e.text),
};

function inline(elements) {
  return (elements || []).map((e) => {
    const draw = inlines[e.type];
    return styled(draw ? draw(e) : plain(e.text || t("unknownElement", { type: e.type })), e.style || {});
  });
}

function styled(content, style) {
  const wraps = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];
  return wraps.reduce((inner, [name, tag]) =>
    (style[name] ? [h(tag, { class: tag === "code" ? "code" : null }, inner)] : inner), content);
}

function fromUnicode(hex) {
  if (!hex || !/^[0-9a-f-]+$/i.test(hex)) return "";
  return hex.split("-").map((point) => String.fromCodePoint(parseInt(point, 16))).join("");
}
