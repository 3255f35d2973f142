// The traffic between the workspace and the app: every request, acknowledgement and delivery.
import { post } from "./api.js";
import { h, replace } from "./dom.js";
import { timeSeconds } from "./format.js";
import { icon } from "./icons.js";
import { to } from "./route.js";
import { channel, labelOf, nameOf, on, state, user } from "./state.js";
import { t } from "./strings.js";
import { loadLog } from "./sync.js";
import { showError } from "./toast.js";

const filter = { dir: "", words: "" };
const SHOWN = 500;
const SIGNS = { to_bot: "→", from_bot: "←", ack: "✓" };

// trafficPane draws the log, the newest at the end. It returns {node, stop}.
export function trafficPane() {
  const list = h("div", { class: "traffic-list", role: "log", "aria-live": "off", tabindex: "0", "aria-label": t("traffic") });
  const empty = h("p", { class: "empty", hidden: true }, t("noTraffic"));
  let stick = true;
  list.addEventListener("scroll", () => { stick = list.scrollHeight - list.scrollTop - list.clientHeight < 60; });
  const end = () => { if (stick) list.scrollTop = list.scrollHeight; };
  const add = (entry) => {
    if (!fits(entry)) return;
    list.append(row(entry));
    while (list.childElementCount > SHOWN) list.firstElementChild.remove();
    empty.hidden = true;
    end();
  };
  const draw = () => {
    replace(list, state.log.filter(fits).slice(-SHOWN).map(row));
    empty.hidden = list.childElementCount > 0;
    stick = true;
    end();
  };
  const tabs = h("div", { class: "segments", role: "radiogroup", "aria-label": t("filter") });
  const drawTabs = () => replace(tabs, ["", "to_bot", "from_bot", "ack"].map((dir) => h("button", {
    type: "button", role: "radio", "aria-checked": String(filter.dir === dir), data: { dir: dir || "all" },
    onclick: () => { filter.dir = dir; drawTabs(); draw(); },
  }, t(`dir_${dir || "all"}`))));
  drawTabs();
  const search = h("input", { class: "input", type: "search", placeholder: t("filter"), "aria-label": t("filter"), value: filter.words, oninput: () => { filter.words = search.value.toLowerCase(); draw(); } });
  const stops = [on("log", add), on("logged", draw)];
  const node = h("section", { class: "pane traffic-pane", "aria-label": t("traffic") },
    h("header", { class: "pane-head" }, h("a", { class: "icon-btn back-btn", href: to({ traffic: false }), "aria-label": t("back") }, icon("back", 20)),
      h("h2", null, t("traffic")), h("a", { class: "icon-btn pane-close", href: to({ traffic: false }), "aria-label": t("close"), data: { closePane: "traffic" } }, icon("close"))),
    h("div", { class: "traffic-tools" }, tabs, search), list, empty);
  draw();
  loadLog().catch(showError);
  return { node, stop: () => stops.forEach((stop) => stop()), focus: () => {} };
}

const fits = (e) => (!filter.dir || e.dir === filter.dir) && (!filter.words || JSON.stringify(e).toLowerCase().includes(filter.words));

function row(e) {
  const failed = e.status && !["ok", "sent"].includes(e.status) && !/^2\d\d$/.test(String(e.status));
  const details = h("div", { class: "traffic-details" });
  const where = [e.user && nameOf(user(e.user)), e.channel && (channel(e.channel).is_im ? `@${labelOf(channel(e.channel))}` : `#${labelOf(channel(e.channel))}`)].filter(Boolean).join(" · ");
  return h("details", { class: ["traffic-row", `dir-${e.dir}`, failed && "failed"], data: { n: e.n, method: e.method, dir: e.dir }, ontoggle: (event) => { if (event.target.open) fillDetails(details, e); } },
    h("summary", null,
      h("span", { class: "traffic-sign", title: t(`dir_${e.dir}`) }, SIGNS[e.dir] || "·"),
      h("span", { class: "traffic-main" }, h("span", { class: "traffic-method" }, e.method || e.kind), where ? h("span", { class: "muted" }, where) : null),
      failed ? h("span", { class: "traffic-failed" }, String(e.status)) : null,
      h("span", { class: "traffic-when muted" }, e.ms ? `${Math.round(e.ms * 10) / 10} ms` : "", h("time", null, timeSeconds(e.at)))),
    details);
}

function fillDetails(node, e) {
  const part = (title, value) => (value === undefined || value === null ? null : [
    h("div", { class: "traffic-title" }, title, h("button", { type: "button", class: "link-btn", onclick: () => navigator.clipboard?.writeText(JSON.stringify(value, null, 2)) }, t("copy"))),
    h("pre", { class: "json" }, json(value))]);
  const again = e.dir === "to_bot" ? h("button", {
    type: "button", class: "btn btn-small", data: { again: e.n }, onclick: () => post("redeliver", { n: e.n }).catch(showError),
  }, t("sendAgain")) : null;
  replace(node, part(t("request"), e.request), part(t("response"), e.response), again);
}

// json draws a value as indented JSON with its keys, texts and numbers told apart.
function json(value) {
  const text = JSON.stringify(value, null, 2);
  const out = [];
  let from = 0;
  for (const m of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi)) {
    const kind = m[2] ? "key" : m[1] ? "text" : "value";
    out.push(text.slice(from, m.index), h("span", { class: `json-${kind}` }, m[1] || m[0]), m[2] || "");
    from = m.index + m[0].length;
  }
  return [...out, text.slice(from)];
}
