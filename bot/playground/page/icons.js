// The page's own line icons, drawn on a 20 by 20 grid.
import { svg } from "./dom.js";

const paths = {
  hash: "M7.5 3.5 6 16.5M14 3.5l-1.5 13M3.5 7.5h13M3.5 12.5h13",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  thread: "M4 4.5h12v9H9.5L6 16.5v-3H4zM7 8h6M7 10.5h4",
  home: "M3.5 9.5 10 4l6.5 5.5M5.5 8.5v7.5h9V8.5M8.5 16v-4h3v4",
  app: "M4 4h5v5H4zM11 4h5v5h-5zM4 11h5v5H4zM13.5 11v5M11 13.5h5",
  bolt: "M11 2.5 4.5 11.5H10L9 17.5l6.5-9H10z",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  close: "M5 5l10 10M15 5 5 15",
  back: "M11.5 4.5 6 10l5.5 5.5",
  next: "M8.5 4.5 14 10l-5.5 5.5",
  down: "M5 7.5 10 12.5 15 7.5",
  up: "M5 12.5 10 7.5 15 12.5",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM12.7 12.7 16.5 16.5",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4.2l2.8 1.8",
  send: "M3.5 10 16.5 4l-4 12.5-3-5.5zM9.5 11l7-7",
  check: "M4.5 10.5 8.5 14.5 16 6",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l2.4-2.4a3 3 0 0 0-4.3-4.3l-.9.9M11.5 8.5a3 3 0 0 0-4.3 0l-2.4 2.4a3 3 0 0 0 4.3 4.3l.9-.9",
  reply: "M4 4.5h12v9H9.5L6 16.5v-3H4z",
  traffic: "M6.5 16.5v-13M3.5 6.5l3-3 3 3M13.5 3.5v13M10.5 13.5l3 3 3-3",
  info: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9v4.5M10 6.5h.01",
  warning: "M10 3.5 17.5 16.5h-15zM10 8.5v4M10 14.5h.01",
  error: "M6.8 3h6.4L17 6.8v6.4L13.2 17H6.8L3 13.2V6.8zM7.5 7.5l5 5M12.5 7.5l-5 5",
  success: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM6.8 10.2l2.3 2.3 4.2-4.6",
  file: "M5 3h6.5L15 6.5V17H5zM11 3v4h4",
  calendar: "M4 5h12v11.5H4zM4 8.5h12M7 3v3M13 3v3",
  sun: "M10 6.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.5 1.5M14.2 14.2l1.5 1.5M15.7 4.3l-1.5 1.5M5.8 14.2l-1.5 1.5",
  moon: "M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z",
  sort: "M7 4v12M4 7l3-3 3 3M13 16V4M10 13l3 3 3-3",
  eye: "M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5zM10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
  table: "M3.5 4.5h13v11h-13zM3.5 8.2h13M3.5 11.9h13M8 4.5v11",
};

// icon draws one of the icons; it is decoration, so screen readers skip it.
export function icon(name, size = 18) {
  return svg("svg", { class: "icon", viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true" },
    svg("path", { d: paths[name] || paths.info }));
}

// mark draws the app's picture: a pipe and its drop.
export function mark(size = 36) {
  return svg("svg", { class: "mark", viewBox: "0 0 32 32", width: size, height: size, "aria-hidden": "true" },
    svg("rect", { width: 32, height: 32, rx: 8, class: "mark-bg" }),
    svg("path", { d: "M8 22V13a4 4 0 0 1 4-4h3a4 4 0 0 1 4 4v6a4 4 0 0 0 4 4h1", class: "mark-pipe" }),
    svg("circle", { cx: 8, cy: 22.6, r: 2.6, class: "mark-drop" }));
}
