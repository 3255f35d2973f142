// Bar, line and area charts: scales, axes, series and the labels of their values.
import { svg } from "./dom.js";
import { compact, number } from "./format.js";
import { marker } from "./series.js";

// plot draws a chart of series over categories for a width in pixels. It returns the SVG nodes, the height and the
// marks: for every category where its tooltip points, what it says, and the area that shows it.
export function plot(spec, width) {
  const { categories, x_label: xLabel, y_label: yLabel } = spec.axis_config;
  const series = spec.series.map((s) => ({ name: s.name, values: categories.map((c) => s.data.find((d) => d.label === c)?.value ?? 0) }));
  const ticks = niceTicks(series.flatMap((s) => s.values));
  const left = Math.max(...ticks.map((v) => textWidth(compact(v)))) + 12 + (yLabel ? 18 : 0);
  const box = { left, right: width - 10, top: 20, bottom: 180 };
  const band = (box.right - box.left) / categories.length;
  const labels = categories.map((c) => wrapped(c, band - 4));
  const slanted = labels.some((l) => l.length > 3 || l.some((part) => textWidth(part) > band + 2));
  const labelRoom = slanted ? Math.min(104, Math.max(...categories.map(textWidth)) * 0.62 + 20) : 8 + 14 * Math.max(...labels.map((l) => l.length));
  const height = box.bottom + labelRoom + (xLabel ? 18 : 0);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const y = (v) => box.bottom - ((v - low) / (high - low)) * (box.bottom - box.top);
  const x = (i) => box.left + band * (i + 0.5);
  const drawing = { series, box, band, x, y, zero: y(0) };
  const shapes = { bar: bars, line: lines, area: areas }[spec.type];
  return {
    height,
    nodes: [axes(ticks, drawing), names(slanted ? categories : labels, drawing, slanted), titles(xLabel, yLabel, box, height), shapes ? shapes(drawing) : lines(drawing)],
    marks: categories.map((label, i) => ({
      label, x: x(i), y: Math.min(...series.map((s) => y(s.values[i]))),
      rows: series.map((s, n) => [n, s.name, number(s.values[i])]),
      shape: { tag: "rect", at: { x: box.left + band * i, y: box.top, width: band, height: box.bottom - box.top } },
    })),
  };
}

// textWidth estimates a label's width at 12 pixels; wide characters count double.
function textWidth(text) {
  let width = 0;
  for (const c of text) width += /[\u2e80-\uffdc]/.test(c) ? 12 : 6.6;
  return width;
}

// wrapped breaks a label into lines, between words and after wide characters.
function wrapped(label, width) {
  const lines = [""];
  for (const part of label.match(/[\u2e80-\uffdc]|[^\s\u2e80-\uffdc]+\s*/g) || [label]) {
    const last = lines.at(-1);
    if (last && textWidth((last + part).trimEnd()) > width) lines.push(part);
    else lines[lines.length - 1] = last + part;
  }
  return lines.map((l) => l.trim());
}

// niceTicks are round values that enclose the data and zero.
function niceTicks(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values) || (low ? 0 : 1);
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
  if (values.every(Number.isInteger)) step = Math.max(1, Math.ceil(step));
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

function axes(ticks, { box, y }) {
  return ticks.map((v) => [
    svg("line", { x1: box.left, x2: box.right, y1: y(v), y2: y(v), class: v === 0 ? "axis" : "gridline" }),
    svg("text", { x: box.left - 8, y: y(v) + 4, class: "tick", "text-anchor": "end" }, compact(v)),
  ]);
}

function names(categories, { box, x }, slanted) {
  return categories.map((c, i) => (slanted
    ? svg("text", { class: "tick", "text-anchor": "end", transform: `translate(${x(i) + 4} ${box.bottom + 16}) rotate(-38)` }, c)
    : svg("text", { y: box.bottom + 18, class: "tick", "text-anchor": "middle" }, c.map((part, n) => svg("tspan", { x: x(i), dy: n ? 14 : 0 }, part)))));
}

function titles(xLabel, yLabel, box, height) {
  const middle = (box.top + box.bottom) / 2;
  return [
    xLabel ? svg("text", { x: (box.left + box.right) / 2, y: height - 4, class: "axis-title", "text-anchor": "middle" }, xLabel) : null,
    yLabel ? svg("text", { class: "axis-title", "text-anchor": "middle", transform: `translate(12 ${middle}) rotate(-90)` }, yLabel) : null,
  ];
}

const valueLabel = (text, x, y) => svg("text", { x, y, class: "value", "text-anchor": "middle" }, text);

function bars({ series, band, x, y, zero }) {
  const group = Math.min(band * 0.72, 56 * series.length);
  const each = group / series.length;
  const labelled = each >= 20;
  return series.map((s, n) => svg("g", { class: `series-${n}` }, s.values.map((v, i) => {
    const left = x(i) - group / 2 + each * n + 1;
    const shape = { d: bar(left, Math.max(each - 2, 2), zero, y(v)) };
    const above = v < 0 ? y(v) + 14 : y(v) - 6;
    return [
      svg("path", { ...shape, class: "series-fill" }), svg("path", { ...shape, fill: `url(#pattern-${n})` }),
      labelled && textWidth(compact(v)) <= each + 14 ? valueLabel(compact(v), left + each / 2 - 1, above) : null,
    ];
  })));
}

// bar is a bar from the zero line, rounded at its end.
function bar(left, width, zero, end) {
  const r = Math.min(4, width / 2, Math.abs(zero - end));
  const way = end <= zero ? 1 : -1;
  return `M${left} ${zero}V${end + r * way}q0 ${-r * way} ${r} ${-r * way}h${width - 2 * r}q${r} 0 ${r} ${r * way}V${zero}z`;
}

const pathOf = (values, x, y) => values.map((v, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join("");

function lines({ series, band, x, y, box }) {
  const all = series.length === 1 && band >= 34;
  const telling = (s, i) => all || i === s.values.length - 1 || (series.length < 3 && s.values[i] === Math.max(...s.values) && i < s.values.length - 2);
  return series.map((s, n) => svg("g", { class: `series-${n}` },
    svg("path", { d: pathOf(s.values, x, y), class: "series-line" }),
    s.values.map((v, i) => marker(n, x(i), y(v), series.length > 3 || band < 24 ? 3 : 4)),
    s.values.map((v, i) => (telling(s, i)
      ? valueLabel(compact(v), Math.min(x(i), box.right - textWidth(compact(v)) / 2), y(v) - 9) : null))));
}

function areas(drawing) {
  const { series, x, y, zero } = drawing;
  const fills = series.map((s, n) => svg("path", {
    class: `area series-${n}`, d: `${pathOf(s.values, x, y)}L${x(s.values.length - 1)} ${zero}L${x(0)} ${zero}z`,
  }));
  return [fills, lines(drawing)];
}
