// The data_visualization block: a titled chart with a legend, a tooltip for mouse, touch and keyboard, and the
// same numbers as a table. Series differ by pattern, dash and marker as well as by colour.
import { h, replace, svg, uid } from "./dom.js";
import { number, percent } from "./format.js";
import { icon } from "./icons.js";
import { pie } from "./pie.js";
import { plot } from "./plot.js";
import { marker, patterns } from "./series.js";
import { t } from "./strings.js";

// chart draws the block. The drawing follows the width it is given.
export function chart(block) {
  const spec = block.chart || {};
  const title = uid("chart");
  const figure = h("div", { class: "chart-figure", role: "group", tabindex: "0", "aria-labelledby": title, "aria-roledescription": t("chart"), onkeydown: (event) => step(event) });
  const tip = h("div", { class: "chart-tip", role: "status", hidden: true });
  const data = h("div", { class: "chart-data table-scroll", hidden: true }, numbers(spec, block.title));
  const toggle = h("button", {
    type: "button", class: "icon-btn chart-toggle", "aria-expanded": "false", title: t("showNumbers"), "aria-label": t("showNumbers"),
    onclick: () => {
      data.hidden = !data.hidden;
      toggle.setAttribute("aria-expanded", String(!data.hidden));
    },
  }, icon("table", 16));
  let marks = [];
  let at = -1;
  const show = (index) => {
    at = index;
    figure.querySelectorAll(".chart-hit").forEach((hit, i) => hit.classList.toggle("active", i === index));
    tip.hidden = index < 0;
    if (index < 0) return;
    const point = marks[index];
    replace(tip, h("strong", null, point.label), point.rows.map(([series, name, value]) =>
      h("div", { class: "tip-row" }, swatch(spec.type, series), h("span", null, name), h("b", null, value))));
    const room = figure.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(point.x - tip.offsetWidth / 2, room))}px`;
    tip.style.top = `${Math.max(0, point.y - tip.offsetHeight - 10)}px`;
  };
  const step = (event) => {
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: marks.length - 1 }[event.key];
    if (event.key === "Escape" && at >= 0) { show(-1); event.stopPropagation(); event.preventDefault(); }
    if (next === undefined) return;
    event.preventDefault();
    show((next + marks.length) % marks.length);
  };
  const draw = () => {
    const width = Math.max(240, Math.floor(figure.clientWidth));
    const drawing = spec.type === "pie" ? pie(spec, width) : plot(spec, width);
    marks = drawing.marks;
    const root = svg("svg", { width, height: drawing.height, viewBox: `0 0 ${width} ${drawing.height}`, role: "img", "aria-label": describe(spec, block.title) },
      svg("title", null, describe(spec, block.title)), patterns(), drawing.nodes,
      marks.map((mark, i) => svg(mark.shape.tag, { ...mark.shape.at, class: "chart-hit", onpointerenter: () => show(i), onclick: () => show(i) })));
    replace(figure, root, tip);
    show(-1);
  };
  figure.addEventListener("pointerleave", () => show(-1));
  figure.addEventListener("blur", () => show(-1));
  let width = 0;
  new ResizeObserver(() => {
    if (figure.clientWidth && figure.clientWidth !== width) draw(width = figure.clientWidth);
  }).observe(figure);
  return h("figure", { class: "chart" },
    h("figcaption", { class: "chart-head" }, h("span", { id: title, class: "chart-title" }, block.title), toggle),
    figure, legend(spec), data);
}

function legend(spec) {
  const total = (spec.segments || []).reduce((sum, s) => sum + s.value, 0);
  const names = spec.type === "pie"
    ? spec.segments.map((s) => [s.label, `${number(s.value)} · ${percent(s.value / total)}`])
    : spec.series.length > 1 ? spec.series.map((s) => [s.name, ""]) : [];
  if (!names.length) return null;
  return h("ul", { class: ["legend", spec.type === "pie" && "legend-list"] }, names.map(([name, value], i) =>
    h("li", null, swatch(spec.type, i), h("span", null, name), value ? h("b", null, value) : null)));
}

// swatch is the sign of a series in legend and tooltip, in the same pattern or marker as in the drawing.
function swatch(type, series) {
  const line = type === "line" || type === "area";
  return svg("svg", { class: `swatch series-${series}`, width: line ? 26 : 14, height: 14, "aria-hidden": "true" },
    line ? [svg("line", { x1: 1, x2: 25, y1: 7, y2: 7, class: "series-line" }), marker(series, 13, 7)]
      : [svg("rect", { width: 14, height: 14, rx: 4, class: "series-fill" }), svg("rect", { width: 14, height: 14, rx: 4, fill: `url(#pattern-${series})` })]);
}

function describe(spec, title) {
  const names = spec.type === "pie" ? spec.segments.map((s) => s.label) : spec.series.map((s) => s.name);
  return t("chartOf", { kind: t(`chart_${spec.type}`), title, names: names.join(", ") });
}

// numbers is the table alternative, visible on demand and always there for screen readers through the toggle.
function numbers(spec, title) {
  const caption = h("caption", { class: "sr-only" }, title);
  if (spec.type === "pie") {
    return h("table", { class: "grid" }, caption, h("tbody", null, spec.segments.map((s) =>
      h("tr", null, h("th", { scope: "row", class: "cell" }, s.label), h("td", { class: "cell align-right" }, number(s.value))))));
  }
  const valueOf = (series, label) => number(series.data.find((d) => d.label === label)?.value ?? 0);
  return h("table", { class: "grid" }, caption,
    h("thead", null, h("tr", null, h("th", { class: "cell" }, spec.axis_config.x_label || ""), spec.series.map((s) => h("th", { scope: "col", class: "cell align-right" }, s.name)))),
    h("tbody", null, spec.axis_config.categories.map((c) => h("tr", null, h("th", { scope: "row", class: "cell" }, c),
      spec.series.map((s) => h("td", { class: "cell align-right" }, valueOf(s, c)))))));
}
