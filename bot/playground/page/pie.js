// Pie charts: slices in the order given, with their share inside.
import { svg } from "./dom.js";
import { number, percent } from "./format.js";

// pie draws the segments for a width in pixels; like plot, it returns nodes, height and marks.
export function pie(spec, width) {
  const height = 236;
  const radius = 88;
  const centre = { x: width / 2, y: height / 2 };
  const total = spec.segments.reduce((sum, s) => sum + s.value, 0) || 1;
  let angle = -Math.PI / 2;
  const slices = spec.segments.map((segment, n) => {
    const from = angle;
    angle += (segment.value / total) * 2 * Math.PI;
    return { segment, n, share: segment.value / total, d: slice(centre, radius, from, angle), middle: (from + angle) / 2 };
  });
  const at = (s, r) => ({ x: centre.x + Math.cos(s.middle) * r, y: centre.y + Math.sin(s.middle) * r });
  return {
    height,
    nodes: slices.map((s) => svg("g", { class: `series-${s.n}` },
      svg("path", { d: s.d, class: "series-fill slice" }), svg("path", { d: s.d, fill: `url(#pattern-${s.n})` }),
      s.share >= 0.03 ? svg("text", { ...at(s, radius + 18), dy: 4, class: "share", "text-anchor": "middle" }, percent(s.share)) : null)),
    marks: slices.map((s) => ({
      label: s.segment.label, ...at(s, radius * 0.66), rows: [[s.n, number(s.segment.value), percent(s.share)]],
      shape: { tag: "path", at: { d: s.d } },
    })),
  };
}

function slice(centre, r, from, to) {
  const point = (a) => `${(centre.x + Math.cos(a) * r).toFixed(2)} ${(centre.y + Math.sin(a) * r).toFixed(2)}`;
  if (to - from >= 2 * Math.PI - 1e-6) return `M${point(from)}A${r} ${r} 0 1 1 ${point(from + Math.PI)}A${r} ${r} 0 1 1 ${point(from)}z`;
  return `M${centre.x} ${centre.y}L${point(from)}A${r} ${r} 0 ${to - from > Math.PI ? 1 : 0} 1 ${point(to)}z`;
}
