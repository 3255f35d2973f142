// The table and data_table blocks. A data table can be sorted by a column and is read page by page.
import { element } from "./elements.js";
import { h, replace, uid } from "./dom.js";
import { locale, number } from "./format.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { t } from "./strings.js";

// table draws the plain table block; its first row is the heading.
export function table(block) {
  const settings = block.column_settings || [];
  const [head, ...body] = block.rows || [];
  const style = (i) => ["cell", `align-${settings[i]?.align || "left"}`, settings[i] && !settings[i].is_wrapped && "nowrap"];
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": t("table") }, h("table", { class: "grid" },
    h("thead", null, h("tr", null, (head || []).map((c, i) => h("th", { scope: "col", class: style(i) }, cell(c))))),
    h("tbody", null, body.map((row) => h("tr", null, row.map((c, i) => h("td", { class: style(i) }, cell(c))))))));
}

function cell(c, block, ctx) {
  if (!c) return "";
  if (c.type === "raw_number") return c.text || number(c.value);
  if (c.type === "rich_text") return richText(c.elements);
  if (c.type === "action_cell" && ctx) return element(c.element, block, { ...ctx, small: true });
  return plain(c.text || c.fallback?.text || "", false);
}

// dataTable draws the data_table block.
export function dataTable(block, ctx) {
  const [head, ...rows] = block.rows || [];
  const size = block.page_size || 5;
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => row[i]?.type === "raw_number"));
  const sort = { column: -1, down: false };
  let page = 0;
  const caption = uid("caption");
  const bodyNode = h("tbody");
  const footNode = h("div", { class: "table-foot" });

  const sortBy = (column) => {
    sort.down = sort.column === column ? !sort.down : numeric[column];
    sort.column = column;
    page = 0;
    draw();
  };
  const heads = head.map((c, i) => h("th", { scope: "col", class: ["cell", numeric[i] && "align-right"] },
    h("button", { type: "button", class: "sort", title: t("sortBy", { name: c.text }), data: { column: i }, onclick: () => sortBy(i) }, h("span", null, plain(c.text, false)), icon("sort", 14))));
  const draw = () => {
    const sorted = sort.column < 0 ? rows : [...rows].sort(comparer(sort.column, numeric[sort.column], sort.down));
    const pages = Math.max(1, Math.ceil(rows.length / size));
    heads.forEach((th, i) => {
      if (i === sort.column) th.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
    replace(bodyNode, sorted.slice(page * size, page * size + size).map((row) => h("tr", null, row.map((c, i) => (
      i === (block.row_header_column_index || 0)
        ? h("th", { scope: "row", class: ["cell", numeric[i] && "align-right"] }, cell(c, block, ctx))
        : h("td", { class: ["cell", numeric[i] && "align-right", c?.type === "action_cell" && "cell-action"] }, cell(c, block, ctx)))))));
    footNode.hidden = pages < 2;
    replace(footNode,
      h("span", null, t("rows", { n: rows.length })),
      h("span", { class: "pager" },
        pageButton("back", t("previousPage"), page > 0, () => turn(-1)),
        h("span", { "aria-live": "polite" }, t("pageOf", { page: page + 1, pages })),
        pageButton("next", t("nextPage"), page < pages - 1, () => turn(1))));
  };
  const turn = (way) => { page += way; draw(); };
  draw();
  return h("div", { class: "data-table" },
    h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-labelledby": caption }, h("table", { class: "grid" },
      h("caption", { id: caption }, plain(block.caption || "", false)),
      h("thead", null, h("tr", null, heads)), bodyNode)),
    footNode);
}

function pageButton(name, label, on, run) {
  return h("button", { type: "button", class: "icon-btn", "aria-label": label, disabled: !on, onclick: run, data: { page: name } }, icon(name, 16));
}

function comparer(column, isNumeric, down) {
  const collator = new Intl.Collator(locale(), { numeric: true });
  const text = (c) => h("span", null, cell(c)).textContent;
  const compare = isNumeric ? (a, b) => a[column].value - b[column].value : (a, b) => collator.compare(text(a[column]), text(b[column]));
  return (a, b) => (down ? -compare(a, b) : compare(a, b));
}
