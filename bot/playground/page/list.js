// A list of messages that is kept in step with the state: unchanged messages keep their nodes, so that an open
// menu or a half-made choice survives what happens elsewhere.
import { h } from "./dom.js";
import { dayKey, dayName, tsMs } from "./format.js";
import { icon } from "./icons.js";
import { messageNode } from "./message.js";
import { isHidden, now } from "./state.js";
import { t } from "./strings.js";

const COMPACT = 5 * 60 * 1000;
const PAGE = 150;

// messageList returns {node, update}; update(messages, head) draws them, after an optional node that stands first.
// options: channel, thread, newAfter (ts after which messages are new).
export function messageList(options) {
  const kept = new Map(); // key -> {sign, node}
  const node = h("div", { class: "messages", role: "log", "aria-live": "off", "aria-label": options.label, tabindex: "0", onkeydown: (event) => keys(event, node) });
  const jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => bottom(true) }, icon("down", 16), t("newMessages"));
  const near = () => node.scrollHeight - node.scrollTop - node.clientHeight < 80;
  const bottom = (smooth) => node.scrollTo({ top: node.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  let stick = true;
  node.addEventListener("scroll", () => {
    stick = near();
    if (stick) jump.hidden = true;
  });
  new ResizeObserver(() => { if (stick) bottom(); }).observe(node);

  let room = PAGE;
  const update = (messages, head) => {
    const visible = messages.filter((m) => !isHidden(m));
    const rows = plan(options.thread ? visible : visible.slice(-room), options);
    const before = kept.size;
    const earlier = () => { room += PAGE; update(messages, head); };
    const first = !options.thread && visible.length > room
      ? h("button", { type: "button", class: "btn earlier", data: { earlier: "true" }, onclick: earlier }, t("earlier")) : head;
    const wanted = first ? [first] : [];
    const seen = new Set();
    for (const row of rows) {
      seen.add(row.key);
      const old = kept.get(row.key);
      if (!old || old.sign !== row.sign) kept.set(row.key, { sign: row.sign, node: row.draw() });
      wanted.push(kept.get(row.key).node);
    }
    for (const key of [...kept.keys()]) if (!seen.has(key)) kept.delete(key);
    const grew = kept.size > before;
    arrange(node, wanted);
    watch(wanted);
    if (stick) bottom();
    else if (grew) jump.hidden = false;
  };
  // Charts and pictures grow after they are drawn; the end stays in sight.
  const sizes = new ResizeObserver(() => { if (stick) bottom(); });
  const watched = new WeakSet();
  const watch = (nodes) => {
    for (const n of nodes) {
      if (!watched.has(n)) sizes.observe(n);
      watched.add(n);
    }
  };
  return { node: h("div", { class: "messages-box" }, node, jump), update, bottom };
}

function plan(messages, options) {
  const rows = [];
  let last = null;
  let marked = false;
  const unread = Number(options.newAfter || 0);
  messages.forEach((m) => {
    const day = dayKey(tsMs(m.ts));
    const newDay = !last || dayKey(tsMs(last.ts)) !== day;
    if (newDay && !options.thread) rows.push(divider(`day-${day}`, dayName(tsMs(m.ts)), "day", `${day}|${dayKey(now())}`));
    if (unread && !marked && last && Number(m.ts) > unread && m.user !== options.me && !m.is_ephemeral) {
      marked = true;
      rows.push(divider("new", t("new"), "new", "new"));
    }
    const compact = Boolean(last) && !newDay && last.user === m.user && !last.is_ephemeral && !m.is_ephemeral && !(m.bot_id && m.blocks)
      && tsMs(m.ts) - tsMs(last.ts) < COMPACT && !(options.thread && last.ts === options.thread);
    rows.push({
      key: m.ts, sign: sign(m, compact),
      draw: () => messageNode(m, { channel: options.channel, inThread: Boolean(options.thread), compact }),
    });
    if (options.thread && m.ts === options.thread) rows.push(divider("replies", t("replies", { n: messages.filter((r) => r.ts !== m.ts && !r.is_ephemeral).length }), "count", String(messages.length)));
    last = m;
  });
  return rows;
}

// sign changes when a message has to be drawn anew: with what it says, and with the day when it speaks of days.
function sign(message, compact) {
  const text = JSON.stringify(message);
  return `${compact}|${/<!date|"type":"date"|latest_reply/.test(text) ? dayKey(now()) : ""}|${text}`;
}

function divider(key, text, kind, mark) {
  return { key, sign: mark, draw: () => h("div", { class: `row-divider row-${kind}`, role: "separator", "aria-label": text }, h("span", null, text)) };
}

// arrange makes the children exactly these nodes, moving as few as possible.
function arrange(parent, nodes) {
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

// keys moves through the messages with the arrows; R replies, M opens the menu.
function keys(event, list) {
  if (event.target.closest("input, textarea, select, [role=combobox], .chart-figure, .table-scroll, .carousel-track")) return;
  const all = [...list.querySelectorAll("article.message")];
  const at = all.indexOf(document.activeElement.closest("article.message"));
  const next = { ArrowUp: at < 0 ? all.length - 1 : at - 1, ArrowDown: at + 1 }[event.key];
  if (next !== undefined && all[next]) {
    event.preventDefault();
    all.forEach((m) => m.querySelectorAll(".toolbar button").forEach((b) => b.setAttribute("tabindex", "-1")));
    all[next].querySelectorAll(".toolbar button").forEach((b) => b.setAttribute("tabindex", "0"));
    all[next].focus();
  } else if ((document.activeElement === all[at] || document.activeElement.closest(".toolbar")) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (event.key === "r") all[at].querySelector("[data-reply]")?.click();
    if (event.key === "m") all[at].querySelector("[data-more]")?.click();
  }
}
