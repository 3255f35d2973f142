// One message: who, when, what, and what can be done with it.
import { Form } from "./action.js";
import { post } from "./api.js";
import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { h, phone, safeUrl, touch } from "./dom.js";
import { ago, full, time, tsMs } from "./format.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { format, go, toChannel } from "./route.js";
import { emit, isApp, nameOf, state, user } from "./state.js";
import { t } from "./strings.js";
import { showError, toast } from "./toast.js";

// messageNode draws a message. options: channel, inThread, compact (follows one of the same author).
export function messageNode(message, options) {
  const ctx = { surface: "message", channel: options.channel, ts: message.ts, form: new Form() };
  const who = message.user || message.bot_id;
  const name = message.username || nameOf(user(who));
  const compact = options.compact && !message.is_ephemeral;
  const node = h("article", {
    class: ["message", compact && "compact", message.is_ephemeral && "ephemeral"], tabindex: "-1",
    data: { ts: message.ts, user: who, ephemeral: message.is_ephemeral ? "true" : null },
    "aria-label": t("messageFrom", { name, time: time(tsMs(message.ts)) }),
    oncontextmenu: (event) => { if (touch()) { event.preventDefault(); more(node, message, options); } },
  },
  h("div", { class: "gutter" }, compact ? h("time", { class: "gutter-time" }, time(tsMs(message.ts))) : avatar(isApp(who) || message.bot_id ? state.app.bot_user_id : who)),
  h("div", { class: "message-main" },
    message.is_ephemeral ? ephemeralNote(message) : null,
    compact ? null : h("div", { class: "message-head" },
      h("span", { class: "message-name" }, name),
      isApp(who) || message.bot_id ? h("span", { class: "badge" }, t("app")) : null,
      h("time", { class: "message-time", title: full(tsMs(message.ts)), datetime: new Date(tsMs(message.ts)).toISOString() }, time(tsMs(message.ts)))),
    h("div", { class: "message-body" }, body(message, ctx),
      message.edited ? h("span", { class: "edited", title: message.edited.ts ? full(tsMs(message.edited.ts)) : null }, t("edited")) : null),
    (message.files || []).map(fileNode),
    (message.attachments || []).map((a) => attachment(a, ctx)),
    message.reactions?.length ? h("div", { class: "reactions" }, message.reactions.map((r) => h("span", { class: "reaction" }, mrkdwn(`:${r.name}:`), ` ${r.count}`))) : null,
    !options.inThread && message.reply_count > 0 ? threadSummary(message, options) : null),
  message.is_ephemeral ? null : toolbar(message, options));
  return node;
}

function body(message, ctx) {
  // What people typed stands in the text too, with their emoji and stars.
  if (message.blocks?.length && (message.bot_id || !message.text)) return blocks(message.blocks, ctx);
  return h("div", { class: "text" }, mrkdwn(message.text));
}

function ephemeralNote(message) {
  return h("div", { class: "ephemeral-note" }, icon("eye", 14), h("span", null, t("onlyYou")),
    h("button", { type: "button", class: "link-btn", data: { dismiss: message.ts }, onclick: () => {
      state.dismissed.add(`${state.me}|${message.ts}`);
      emit("dismissed");
    } }, t("dismissMessage")));
}

function threadSummary(message, { channel }) {
  return h("a", { class: "thread-summary", href: toChannel(channel, message.ts), data: { thread: message.ts } },
    h("span", { class: "thread-faces" }, (message.reply_users || []).slice(0, 4).map((id) => avatar(id, 24))),
    h("strong", null, t("replies", { n: message.reply_count })),
    message.latest_reply ? h("span", { class: "muted" }, t("lastReply", { when: ago(tsMs(message.latest_reply)) })) : null);
}

function toolbar(message, options) {
  const reply = () => go(toChannel(options.channel, message.thread_ts || message.ts));
  return h("div", { class: "toolbar" },
    options.inThread ? null : h("button", { type: "button", class: "icon-btn", tabindex: "-1", title: t("replyInThread"), "aria-label": t("replyInThread"), data: { reply: message.ts }, onclick: reply }, icon("reply")),
    h("button", {
      type: "button", class: "icon-btn", tabindex: "-1", title: t("moreActions"), "aria-label": t("moreActions"), "aria-haspopup": "menu", data: { more: message.ts },
      onclick: (event) => more(event.currentTarget, message, options),
    }, icon("more")));
}

// more opens the message's menu: reply, copy link, and the app's message shortcuts.
export function more(anchor, message, { channel, inThread }) {
  const own = [
    inThread ? null : { label: t("replyInThread"), icon: "reply", run: () => go(toChannel(channel, message.thread_ts || message.ts)) },
    { label: t("copyLink"), icon: "link", run: () => copyLink(channel, message) },
  ];
  const shortcuts = state.app.shortcuts.filter((s) => s.type === "message").map((s) => ({
    label: s.name, note: s.description, icon: "bolt", data: { callbackId: s.callback_id },
    run: () => useShortcut({ callback_id: s.callback_id, channel, ts: message.ts }),
  }));
  if (shortcuts.length) shortcuts.unshift({ heading: state.app.name });
  openMenu(anchor, [...own.filter(Boolean), ...shortcuts], { label: t("moreActions"), width: phone() ? 0 : 240 });
}

// useShortcut runs a shortcut of the app for the chosen person.
export async function useShortcut(body) {
  try {
    await post("shortcut", { user: state.me, ...body });
  } catch (error) {
    showError(error);
  }
}

async function copyLink(channel, message) {
  const hash = format({ user: state.me, kind: "channel", channel, thread: message.thread_ts || message.ts });
  try {
    await navigator.clipboard.writeText(`${location.origin}/${hash}`);
    toast(t("linkCopied"), "success");
  } catch {
    toast(`${location.origin}/${hash}`);
  }
}

function fileNode(file) {
  const href = safeUrl(file.url_private || file.permalink || "");
  const name = file.title || file.name || t("file");
  if (/^image\//.test(file.mimetype || "") && href) {
    return h("figure", { class: "figure" }, h("figcaption", { class: "figure-title" }, name), h("img", { class: "picture", src: href, alt: file.alt_txt || name, loading: "lazy" }));
  }
  return h("a", { class: "file", href: href || null, target: "_blank", rel: "noopener noreferrer" }, icon("file"),
    h("span", null, h("strong", null, name), h("span", { class: "muted" }, [file.pretty_type || file.filetype, size(file.size)].filter(Boolean).join(" · "))));
}

function size(bytes) {
  if (!bytes) return "";
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function attachment(a, ctx) {
  return h("div", { class: "attachment", style: /^#?[0-9a-f]{6}$/i.test(a.color || "") ? { "--bar": `#${a.color.replace("#", "")}` } : null },
    a.pretext ? h("div", { class: "text" }, mrkdwn(a.pretext)) : null,
    a.title ? h("strong", null, mrkdwn(a.title)) : null,
    a.blocks ? blocks(a.blocks, ctx) : a.text ? h("div", { class: "text" }, mrkdwn(a.text)) : null);
}
