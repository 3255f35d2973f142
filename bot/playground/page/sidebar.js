// The left column: the workspace, its channels, the threads and the app.
import { h, replace, soon } from "./dom.js";
import { icon, mark } from "./icons.js";
import { toChannel, toHome, toThreads } from "./route.js";
import { labelOf, myChannels, myDM, on, state } from "./state.js";
import { t } from "./strings.js";
import { myThreads, threadUnread, unread } from "./sync.js";

// sidebar draws the column and keeps it up to date.
export function sidebar() {
  const node = h("nav", { class: "sidebar", "aria-label": t("workspace") });
  const draw = () => {
    const dm = myDM();
    const { kind, channel } = state.route;
    replace(node, h("p", { class: "side-team" }, state.team.name),
      h("div", { class: "side-group" },
        item({ href: toThreads(), name: t("threads"), sign: icon("thread"), active: kind === "threads", dot: myThreads().some(threadUnread), data: { go: "threads" } })),
      h("h2", { class: "side-heading" }, t("channels")),
      h("div", { class: "side-group" }, myChannels().map((c) => item({
        href: toChannel(c.id), name: labelOf(c), sign: icon(c.is_private ? "lock" : "hash"), active: kind === "channel" && channel === c.id,
        count: unread(c.id), data: { channel: c.id },
      }))),
      dm ? h("h2", { class: "side-heading" }, t("directMessages")) : null,
      dm ? h("div", { class: "side-group" }, item({
        href: toChannel(dm.id), name: labelOf(dm), sign: h("span", { class: "side-app" }, mark(20), h("span", { class: ["presence", state.connected && "on"], title: state.connected ? t("appOnline") : t("appOffline") })),
        active: kind === "channel" && channel === dm.id, count: unread(dm.id), data: { channel: dm.id },
      })) : null,
      h("h2", { class: "side-heading" }, t("apps")),
      h("div", { class: "side-group" }, item({ href: toHome(), name: state.app.name, note: t("home"), sign: icon("home"), active: kind === "home", data: { go: "home" } })));
  };
  const later = soon(draw);
  for (const topic of ["state", "person", "messages", "reads", "shown"]) on(topic, later);
  draw();
  return node;
}

function item({ href, name, note, sign, active, count = 0, dot = false, data }) {
  const fresh = count > 0 || dot;
  const label = count ? t("unreadLabel", { name, n: count }) : null;
  return h("a", { class: ["side-item", active && "active", fresh && "unread"], href, "aria-current": active ? "page" : null, "aria-label": label, data },
    sign, h("span", { class: "side-name" }, name), note ? h("span", { class: "side-note" }, note) : null,
    count ? h("span", { class: "side-count" }, count > 99 ? "99+" : String(count)) : dot ? h("span", { class: "side-dot" }) : null);
}
