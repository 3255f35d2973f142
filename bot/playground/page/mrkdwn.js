// Slack's mrkdwn, drawn as elements. Formatting marks count only beside spaces and punctuation, as in
// Slack: a star inside a word, or between Chinese characters, stays a star, and so does one with a zero width space
// between it and the word, by which apps keep what somebody typed as it is.
import { h, safeUrl } from "./dom.js";
import { emoji } from "./emoji.js";
import { slackDate, full } from "./format.js";
import { channel, labelOf, nameOf, state, user } from "./state.js";
import { toChannel } from "./route.js";
import { t } from "./strings.js";

const marks = { "*": "strong", _: "em", "~": "s" };

// textObject draws a text object: mrkdwn or plain text.
export function textObject(text) {
  if (!text) return [];
  return text.type === "mrkdwn" ? mrkdwn(text.text) : plain(text.text, text.emoji !== false);
}

// plain draws text as it is, with line breaks and, when wanted, :emoji: names.
export function plain(text, withEmoji = true) {
  const lines = unescape(text || "").split("\n");
  return lines.flatMap((line, i) => [i ? h("br") : null, withEmoji ? emojiText(line) : line]);
}

// mrkdwn draws formatted text as a list of nodes.
export function mrkdwn(text) {
  const pieces = String(text || "").split(/```\n?([\s\S]+?)\n?```/);
  return pieces.flatMap((piece, i) => {
    if (i % 2) return [h("pre", { class: "pre" }, inlinePlain(piece))];
    // A block element breaks the line by itself.
    const trimmed = piece.replace(i > 0 ? /^\n/ : /^(?!)/, "").replace(i < pieces.length - 1 ? /\n$/ : /(?!)$/, "");
    return lines(trimmed);
  });
}

// summary is text without formatting, in one line: for announcements and previews.
export function summary(text) {
  return h("span", null, mrkdwn(text)).textContent.replace(/\s+/g, " ").trim();
}

function lines(text) {
  const out = [];
  let quote = null;
  const all = text.split("\n");
  for (let i = 0; i < all.length; i++) {
    const rest = /^(?:&gt;|>){3}\s?/.exec(all[i]);
    if (rest) {
      const body = [all[i].slice(rest[0].length), ...all.slice(i + 1)].join("\n");
      out.push(h("blockquote", { class: "quote" }, lines(body)));
      return out;
    }
    const mark = /^(?:&gt;|>)\s?/.exec(all[i]);
    if (mark) {
      if (!quote) out.push(quote = h("blockquote", { class: "quote" }));
      else quote.append(h("br"));
      quote.append(...inline(all[i].slice(mark[0].length)));
      continue;
    }
    if (out.length && !quote) out.push(h("br"));
    quote = null;
    out.push(...inline(all[i]));
  }
  return out;
}

// inline draws one line: code, links, mentions, emoji, bold, italic, strike.
export function inline(line) {
  const out = [];
  let text = "";
  const flush = () => { if (text) out.push(...emojiText(unescape(text))); text = ""; };
  for (let i = 0; i < line.length;) {
    const token = codeAt(line, i) || angleAt(line, i) || markAt(line, i);
    if (token) {
      flush();
      out.push(token.node);
      i = token.end;
    } else {
      text += line[i++];
    }
  }
  flush();
  return out;
}

// inlinePlain draws preformatted text: only links and mentions are read.
function inlinePlain(text) {
  const out = [];
  let from = 0;
  for (const match of text.matchAll(/<([^<>\n]+)>/g)) {
    if (!isMark(match[1])) continue;
    out.push(unescape(text.slice(from, match.index)), angle(match[1]));
    from = match.index + match[0].length;
  }
  out.push(unescape(text.slice(from)));
  return out;
}

function codeAt(line, i) {
  if (line[i] !== "`" || line[i + 1] === zeroWidth) return null;
  const end = line.indexOf("`", i + 1);
  if (end <= i + 1) return null;
  return { node: h("code", { class: "code" }, unescape(line.slice(i + 1, end))), end: end + 1 };
}

function angleAt(line, i) {
  if (line[i] !== "<") return null;
  const end = line.indexOf(">", i);
  if (end <= i + 1 || line.slice(i + 1, end).includes("<")) return null;
  const body = line.slice(i + 1, end);
  return isMark(body) ? { node: angle(body), end: end + 1 } : null;
}

// isMark tells Slack's marks from other words in angle brackets, such as <b>, which stay as they are.
const isMark = (body) => /^(?:[@#!]|[a-z][a-z0-9+.-]*:)/i.test(body);

const zeroWidth = "\u200b";

const isGap = (c) => c === undefined || c === zeroWidth || /\s/.test(c);

const isWord = (c) => c !== undefined && /[\p{L}\p{N}]/u.test(c);

function markAt(line, i) {
  const mark = line[i];
  if (!marks[mark] || isWord(line[i - 1]) || isGap(line[i + 1]) || line[i + 1] === mark) return null;
  for (let j = i + 1; j < line.length; j++) {
    const skip = codeAt(line, j) || angleAt(line, j);
    if (skip) {
      j = skip.end - 1;
    } else if (line[j] === mark && j > i + 1 && !isGap(line[j - 1]) && !isWord(line[j + 1])) {
      return { node: h(marks[mark], null, inline(line.slice(i + 1, j))), end: j + 1 };
    }
  }
  return null;
}

// angle draws what stands between < and >.
function angle(body) {
  const bar = body.indexOf("|");
  const head = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : body.slice(bar + 1);
  if (head.startsWith("@")) return mention(head.slice(1), unescape(label));
  if (head.startsWith("#")) return channelLink(head.slice(1), unescape(label));
  if (head.startsWith("!")) return special(head.slice(1), unescape(label));
  return link(unescape(head), label ? inline(label) : [unescape(head).replace(/^mailto:/, "")]);
}

// mention draws a person's name; one's own is stronger.
export function mention(id, label) {
  const name = state.users.has(id) ? nameOf(user(id)) : label || id;
  return h("span", { class: ["mention", id === state.me && "mention-me"], data: { user: id } }, `@${name}`);
}

// channelLink draws a channel's name as a link to it.
export function channelLink(id, label) {
  const ch = channel(id);
  const name = state.channels.has(id) ? labelOf(ch) : label || id;
  return h("a", { class: "mention", href: toChannel(id), data: { channel: id } }, `${ch.is_im ? "@" : "#"}${name}`);
}

// groupMention draws what a user group is called; one's own is stronger.
export function groupMention(id, label) {
  const group = state.groups.get(id);
  const name = group ? `@${group.handle}` : label || `@${id || t("group")}`;
  return h("span", { class: ["mention", group?.users?.includes(state.me) && "mention-me"] }, name);
}

// broadcast draws @channel, @here and @everyone.
export const broadcast = (range) => h("span", { class: "mention mention-me" }, `@${range}`);

// dateNode draws an instant in the reader's zone, with the whole date as its title.
export function dateNode(seconds, format, url, fallback) {
  const text = slackDate(seconds, format, fallback);
  const title = Number.isFinite(Number(seconds)) ? full(Number(seconds) * 1000) : "";
  return url ? link(url, [text]) : h("time", { title }, text);
}

// link draws an address; one of a message of this workspace stays in the page.
export function link(address, children) {
  const message = /\/archives\/(\w+)\/p(\d{10})(\d{6})/.exec(address);
  if (message) {
    const thread = /[?&]thread_ts=([\d.]+)/.exec(address);
    const ts = thread ? thread[1] : `${message[2]}.${message[3]}`;
    return h("a", { class: "link", href: toChannel(message[1], ts) }, children);
  }
  const href = safeUrl(address);
  if (!href) return h("span", null, children);
  return h("a", { class: "link", href, target: "_blank", rel: "noopener noreferrer" }, children);
}

function special(body, label) {
  const [name, ...args] = body.split("^");
  if (name === "date") {
    // The fallback follows the bar; a link, when there is one, is the third part.
    return dateNode(args[0], unescape(args[1] || "{date} {time}"), args[2] ? unescape(args[2]) : "", label);
  }
  if (["channel", "here", "everyone"].includes(name)) return broadcast(name);
  if (name === "subteam") return groupMention(args[0] || "", label);
  return h("span", { class: "mention" }, label || `@${name}`);
}

function emojiText(text) {
  const out = [];
  let from = 0;
  for (const match of text.matchAll(/:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/g)) {
    const sign = emoji(match[1], match[2]);
    if (!sign) continue;
    out.push(text.slice(from, match.index), h("span", { class: "emoji", role: "img", "aria-label": match[1].replace(/_/g, " "), title: `:${match[1]}:` }, sign));
    from = match.index + match[0].length;
  }
  out.push(text.slice(from));
  return out;
}

function unescape(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}
