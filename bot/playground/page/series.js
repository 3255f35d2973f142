// The signs by which the series of a chart differ besides their colours.
import { svg } from "./dom.js";

// marker is the point of a series: circle, square, diamond, triangle, ring, cross.
export function marker(series, x, y, r = 4) {
  const shapes = [
    () => svg("circle", { cx: x, cy: y, r }),
    () => svg("rect", { x: x - r + 0.5, y: y - r + 0.5, width: 2 * r - 1, height: 2 * r - 1 }),
    () => svg("path", { d: `M${x} ${y - r - 1}l${r + 1} ${r + 1}-${r + 1} ${r + 1}-${r + 1}-${r + 1}z` }),
    () => svg("path", { d: `M${x} ${y - r - 1}l${r + 1} ${2 * r}h-${2 * r + 2}z` }),
    () => svg("circle", { cx: x, cy: y, r: r - 0.5, class: "hollow" }),
    () => svg("path", { d: `M${x - r} ${y - r}l${2 * r} ${2 * r}M${x + r} ${y - r}l-${2 * r} ${2 * r}`, class: "hollow" }),
  ];
  const node = shapes[series % shapes.length]();
  node.classList.add("series-marker");
  return node;
}

// patterns defines the fillings, to be used as url(#pattern-N).
export function patterns() {
  const shapes = [null, "M-2 2l4-4M0 8l8-8M6 10l4-4", "M2 2h.01M6 6h.01", "M0 2h8M0 6h8", "M0 0l8 8M8 0l-8 8", "M2 0v8M6 0v8"];
  return svg("defs", null, shapes.map((d, i) => svg("pattern", { id: `pattern-${i}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
    d ? svg("path", { d, class: i === 2 ? "pattern-dots" : "pattern-lines" }) : null)));
}
