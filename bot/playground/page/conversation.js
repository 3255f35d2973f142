// The middle of the page: a channel or direct conversation; and the thread beside it.
import { post } from "./api.js";
import { composer } from "./composer.js";
import { h, replace, soon } from "./dom.js";
import { icon, mark } from "./icons.js";
import { messageList } from "./list.js";
import { mrkdwn } from "./mrkdwn.js";
import { to, toChannel, toHome, toList } from "./route.js";
import { channel, isApp, isMember, labelOf, myDM, nameOf, on, state, threadKey, user } from "./state.js";
import { t } from "./strings.js";
import { loadChannel, loadThread, reads, unread } from "./sync.js";
import { showError } from "./toast.js";
import { welcome } from "./welcome.js";

// conversation draws a channel for the chosen person. It returns {node, stop}.
export function conversation(id) {
  const ch = channel(id);
  const list = messageList({ channel: id, me: state.me, newAfter: unread(id) ? reads.of(id) : "", label: labelOf(ch) });
  const update = soon(() => {
    const messages = state.messages.get(id) || [];
    list.update(messages, beginning(ch));
    seen(id, messages);
  });
  const foot = h("div");
  const drawFoot = () => {
    const wanted = isMember(channel(id)) ? box.node : joinBar(ch);
    if (foot.firstChild !== wanted) replace(foot, wanted);
  };
  const stops = [
    on("messages", (e) => { if (e.channel === id && !e.thread) update(); }),
    on("dismissed", update), on("clock", update), on("state", drawFoot),
  ];
  const focused = () => { if (document.visibilityState === "visible") seen(id, state.messages.get(id) || []); };
  document.addEventListener("visibilitychange", focused);
  const box = composer({ channel: id, sent: list.bottom });
  const node = h("section", { class: "conversation", data: { channel: id }, "aria-label": labelOf(ch) },
    ch.is_im ? appHeader("messages") : channelHeader(ch), welcome(box.fill), list.node, foot);
  drawFoot();
  update.now();
  if (!state.messages.has(id)) loadChannel(id).catch(showError);
  return {
    node, focus: box.focus, fill: box.fill,
    stop: () => {
      stops.forEach((stop) => stop());
      document.removeEventListener("visibilitychange", focused);
    },
  };
}

// joinBar stands in place of the composer where the person is no member.
function joinBar(ch) {
  return h("div", { class: "join" }, h("span", null, t("notMember", { name: labelOf(ch) })),
    h("button", { type: "button", class: "btn btn-primary", data: { join: ch.id }, onclick: () => post("join", { user: state.me, channel: ch.id }).catch(showError) }, t("join")));
}

function seen(place, messages) {
  if (document.visibilityState !== "visible") return;
  const last = messages.filter((m) => !m.is_ephemeral).pop();
  if (last) reads.mark(place, last.ts);
}

const backButton = (href) => h("a", { class: "icon-btn back-btn", href, "aria-label": t("back"), data: { back: "true" } }, icon("back", 20));

function channelHeader(ch) {
  const count = (ch.members || []).filter((m) => !isApp(m)).length;
  const topic = ch.topic?.value || "";
  return h("header", { class: "place-head" }, backButton(toList()),
    h("div", { class: "place-title" },
      h("h1", null, icon(ch.is_private ? "lock" : "hash", 17), h("span", null, labelOf(ch))),
      topic ? h("p", { class: "topic", title: topic }, mrkdwn(topic)) : null),
    count ? h("span", { class: "members muted" }, t("members", { n: count })) : null);
}

// appHeader is the head of the app's two tabs.
export function appHeader(active) {
  const dm = myDM();
  const tab = (name, href, label) => h("a", { class: "tab", href, "aria-current": active === name ? "page" : null, data: { tab: name } }, label);
  return h("header", { class: "place-head place-head-app" },
    h("div", { class: "place-row" }, backButton(toList()), h("h1", null, mark(22), h("span", null, state.app.name))),
    h("nav", { class: "tabs", "aria-label": state.app.name },
      tab("home", toHome(), t("home")), dm ? tab("messages", toChannel(dm.id), t("messages")) : null));
}

function beginning(ch) {
  if (beginning.cache?.key === `${state.me}|${ch.id}`) return beginning.cache.node;
  const node = h("div", { class: "beginning" },
    ch.is_im ? mark(44) : h("span", { class: "beginning-sign" }, icon(ch.is_private ? "lock" : "hash", 26)),
    h("h2", null, ch.is_im ? state.app.name : labelOf(ch)),
    h("p", null, ch.is_im ? t("beginDM", { app: state.app.name }) : t("beginChannel", { name: labelOf(ch) })));
  beginning.cache = { key: `${state.me}|${ch.id}`, node };
  return node;
}

// threadPane draws a thread for the chosen person. It returns {node, stop}.
export function threadPane(id, ts) {
  const ch = channel(id);
  const list = messageList({ channel: id, thread: ts, me: state.me, label: t("thread") });
  const key = threadKey(id, ts);
  const update = soon(() => {
    const loaded = state.threads.get(key);
    if (!loaded) return;
    const head = loaded.some((m) => m.ts === ts) ? null : (state.messages.get(id) || []).find((m) => m.ts === ts);
    const messages = head ? [head, ...loaded] : loaded;
    list.update(messages, messages.length ? null : h("p", { class: "empty" }, t("threadGone")));
    seen(key, messages);
  });
  const stops = [on("messages", (e) => { if (e.channel === id && e.thread === ts) update(); }), on("dismissed", update)];
  const box = composer({ channel: id, thread: ts, sent: list.bottom });
  const node = h("section", { class: "pane thread-pane", data: { thread: ts }, "aria-label": t("thread") },
    h("header", { class: "pane-head" }, backButton(to({ thread: "" })),
      h("h2", null, t("thread"), h("span", { class: "muted" }, ch.is_im ? nameOf(user(state.app.bot_user_id)) : `#${labelOf(ch)}`)),
      h("a", { class: "icon-btn pane-close", href: to({ thread: "" }), "aria-label": t("closeThread"), title: t("closeThread"), data: { closePane: "thread" } }, icon("close"))),
    list.node, box.node);
  update.now();
  loadThread(id, ts).catch(showError);
  return { node, focus: box.focus, stop: () => stops.forEach((stop) => stop()) };
}

// threadsView lists the threads of the person's channels.
export function threadsView(threads, isUnread) {
  const rows = threads.map((thread) => {
    const { channel: id, message } = thread;
    const ch = channel(id);
    return h("a", { class: ["thread-row", isUnread(thread) && "unread"], href: to({ kind: "channel", channel: id, thread: message.ts }), data: { thread: message.ts, channel: id } },
      h("span", { class: "thread-place" }, icon(ch.is_private ? "lock" : ch.is_im ? "app" : "hash", 14), labelOf(ch)),
      h("span", { class: "thread-text" }, h("strong", null, `${nameOf(user(message.user))}  `), mrkdwn((message.text || "").slice(0, 240))),
      h("span", { class: "thread-count" }, t("replies", { n: message.reply_count })));
  });
  return replace(h("section", { class: "conversation", "aria-label": t("threads") }),
    h("header", { class: "place-head" }, backButton(toList()), h("div", { class: "place-title" }, h("h1", null, icon("thread", 18), h("span", null, t("threads"))))),
    h("div", { class: "thread-list" }, rows.length ? rows : h("p", { class: "empty" }, t("noThreads"))));
}
