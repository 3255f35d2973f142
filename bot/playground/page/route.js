// The address of a state of the page: #/u/U2/c/C1/t/1700000000.000100, #/u/U2/home, #/u/U2/threads;
// "/traffic" at the end opens the log.
import { state, emit } from "./state.js";

// parse reads a hash. kind is "list" (no place chosen), "channel", "home" or "threads".
export function parse(hash) {
  const route = { user: "", kind: "list", channel: "", thread: "", traffic: false };
  const parts = hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
  while (parts.length) {
    const word = parts.shift();
    if (word === "u") route.user = parts.shift() || "";
    else if (word === "c") Object.assign(route, { kind: "channel", channel: parts.shift() || "" });
    else if (word === "t") route.thread = parts.shift() || "";
    else if (word === "home" || word === "threads") route.kind = word;
    else if (word === "traffic") route.traffic = true;
  }
  return route;
}

// format writes the hash of a route.
export function format(route) {
  let hash = `#/u/${encodeURIComponent(route.user || state.me)}`;
  if (route.kind === "channel") hash += `/c/${encodeURIComponent(route.channel)}`;
  if (route.kind === "home" || route.kind === "threads") hash += `/${route.kind}`;
  if (route.thread) hash += route.kind === "channel" ? `/t/${route.thread}` : "";
  return route.traffic ? `${hash}/traffic` : hash;
}

// to gives the hash of a change to the present route.
export const to = (change) => format({ ...state.route, user: state.me, ...change });

// Shorthands for the places people go.
export const toChannel = (channel, thread = "") => to({ kind: "channel", channel, thread });
export const toHome = () => to({ kind: "home", channel: "", thread: "" });
export const toThreads = () => to({ kind: "threads", channel: "", thread: "" });
export const toList = () => to({ kind: "list", channel: "", thread: "", traffic: false });

// go moves there; the page follows the hash.
export function go(hash) {
  if (location.hash === hash) emit("route", parse(hash));
  else location.hash = hash;
}
