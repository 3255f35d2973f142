// The subset of Markdown that a markdown block may hold: headings, lists, quotes, code, tables, rules,
// and inside lines bold, italic, strike, code and links.
import { h } from "./dom.js";
import { link, plain } from "./mrkdwn.js";

// markdown draws the text as a list of elements.
export function markdown(text) {
  const lines = String(text || "").replace(/\r/g, "").split("\n");
  const out = [];
  for (let i = 0; i < lines.length;) {
    const reader = readers.find(([pattern]) => pattern.test(lines[i]));
    const [node, next] = reader ? reader[1](lines, i) : paragraph(lines, i);
    if (node) out.push(node);
    i = next;
  }
  return out;
}

const bullet = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(.*)$/;

const readers = [
  [/^\s*$/, (_, i) => [null, i + 1]],
  [/^```/, fenced],
  [/^#{1,6}\s/, (lines, i) => {
    const [, signs, words] = /^(#+)\s+(.*)$/.exec(lines[i]);
    return [h("div", { class: `md-h md-h${Math.min(signs.length, 4)}`, role: "heading", "aria-level": signs.length + 2 }, line(words)), i + 1];
  }],
  [/^\s*([-*_])(\s*\1){2,}\s*$/, (_, i) => [h("hr", { class: "divider" }), i + 1]],
  [/^>/, (lines, i) => {
    const end = until(lines, i, (l) => !l.startsWith(">"));
    return [h("blockquote", { class: "quote" }, markdown(lines.slice(i, end).map((l) => l.replace(/^>\s?/, "")).join("\n"))), end];
  }],
  [bullet, list],
  [/^\s*\|.*\|\s*$/, table],
];

function until(lines, from, stop) {
  let i = from;
  while (i < lines.length && !stop(lines[i])) i++;
  return i;
}

function fenced(lines, i) {
  const end = until(lines, i + 1, (l) => l.startsWith("```"));
  return [h("pre", { class: "pre" }, lines.slice(i + 1, end).join("\n")), end + 1];
}

function paragraph(lines, i) {
  const end = Math.max(until(lines, i, (l) => readers.some(([pattern]) => pattern.test(l))), i + 1);
  const rows = lines.slice(i, end).flatMap((l, n) => [n ? h("br") : null, line(l)]);
  return [h("p", { class: "md-p" }, rows), end];
}

function list(lines, i) {
  const end = until(lines, i, (l) => !bullet.test(l));
  return [items(lines.slice(i, end).map((l) => bullet.exec(l))), end];
}

// items nests the bullets by their indentation.
function items(rows) {
  const base = rows[0][1].length;
  const node = rows[0][2] ? h("ol", { class: "list", start: rows[0][2] }) : h("ul", { class: "list" });
  for (let i = 0; i < rows.length;) {
    const item = h("li", null, line(rows[i][3]));
    let next = i + 1;
    while (next < rows.length && rows[next][1].length > base) next++;
    if (next > i + 1) item.append(items(rows.slice(i + 1, next)));
    node.append(item);
    i = next;
  }
  return node;
}

function table(lines, i) {
  const end = until(lines, i, (l) => !/^\s*\|.*\|\s*$/.test(l));
  const cells = (l) => l.trim().slice(1, -1).split("|").map((c) => c.trim());
  const rows = lines.slice(i, end).filter((l) => !/^[\s|:-]+$/.test(l)).map(cells);
  const [head, ...body] = rows;
  return [h("div", { class: "table-scroll", tabindex: "0", role: "region" }, h("table", { class: "grid" },
    h("thead", null, h("tr", null, head.map((c) => h("th", { scope: "col" }, line(c))))),
    h("tbody", null, body.map((row) => h("tr", null, row.map((c) => h("td", null, line(c)))))))), end];
}

const spans = [
  [/^`([^`]+)`/, (m) => h("code", { class: "code" }, m[1])],
  [/^\[([^\]]+)\]\(([^()\s]+)\)/, (m) => link(m[2], line(m[1]))],
  [/^\*\*(\S(?:.*?\S)?)\*\*/, (m) => h("strong", null, line(m[1]))],
  [/^__(\S(?:.*?\S)?)__/, (m) => h("strong", null, line(m[1]))],
  [/^~~(\S(?:.*?\S)?)~~/, (m) => h("s", null, line(m[1]))],
  [/^\*(\S(?:[^*]*?\S)?)\*/, (m) => h("em", null, line(m[1]))],
  [/^_(\S(?:[^_]*?\S)?)_(?![\p{L}\p{N}])/u, (m) => h("em", null, line(m[1]))],
  [/^\\([\\`*_{}[\]()#+\-.!|~>])/, (m) => m[1]],
];

function line(text) {
  const out = [];
  let rest = text;
  let before = "";
  const flush = () => { if (before) out.push(...plain(before)); before = ""; };
  while (rest) {
    const hit = spans.map(([pattern, draw]) => [pattern.exec(rest), draw]).find(([m]) => m);
    const [match, draw] = hit || [];
    // An underscore inside a word, such as snake_case, is a letter.
    if (match && !(match[0][0] === "_" && /[\p{L}\p{N}]$/u.test(before))) {
      flush();
      out.push(draw(match));
      rest = rest.slice(match[0].length);
    } else {
      before += rest[0];
      rest = rest.slice(1);
    }
  }
  flush();
  return out;
}
