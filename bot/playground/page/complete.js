// What the composer offers while somebody types: commands, people, channels, emoji; and how the typed text
// becomes what Slack would send.
import { emoji, emojiNames } from "./emoji.js";
import { isApp, labelOf, myChannels, nameOf, people, state, titleOf, user } from "./state.js";

// completions looks at the text before the caret. It returns {from, items} or null; an item has insert, label,
// note, and kind ("command", "user", "channel" or "emoji").
export function completions(text, caret) {
  const before = text.slice(0, caret);
  for (const [pattern, find] of finders) {
    const match = pattern.exec(before);
    if (!match) continue;
    const typed = match[match.length - 1];
    const items = find(typed.toLowerCase()).slice(0, 8);
    if (items.length) return { from: caret - typed.length - 1, items };
  }
  return null;
}

const finders = [
  [/^\/(\S*)$/, (typed) => commands(typed)],
  [/(?:^|[\s(（，。])@([^\s@]*)$/, (typed) => mentions(typed)],
  [/(?:^|[\s(（，。])#([^\s#]*)$/, (typed) => channels(typed)],
  [/(?:^|\s):([a-z0-9_+-]{2,})$/, (typed) => emojiNames(typed).map((name) => ({ kind: "emoji", insert: `:${name}: `, label: `:${name}:`, sign: emoji(name) }))],
];

function commands(typed) {
  return state.app.commands.filter((c) => c.command.slice(1).toLowerCase().startsWith(typed)).map((c) => ({
    kind: "command", insert: `${c.command} `, label: c.command, usage: c.usage_hint || "", note: c.description || "",
  }));
}

function mentions(typed) {
  const bot = user(state.app.bot_user_id);
  const match = (u) => `${nameOf(u)} ${u.name}`.toLowerCase().split(/\s+/).some((word) => word.startsWith(typed)) || nameOf(u).toLowerCase().startsWith(typed);
  return [bot, ...people()].filter(match).map((u) => ({ kind: "user", id: u.id, insert: `@${nameOf(u)} `, label: nameOf(u), note: isApp(u.id) ? "" : titleOf(u) }));
}

function channels(typed) {
  return myChannels().filter((c) => c.name.toLowerCase().includes(typed)).map((c) => ({ kind: "channel", insert: `#${labelOf(c)} `, label: `#${labelOf(c)}`, note: "" }));
}

// usageOf is the command that the text begins with, once its name is complete.
export function usageOf(text) {
  const [name] = text.split(/\s/);
  return /\s/.test(text) ? commandOf(name) : undefined;
}

// commandOf is the app's command of that name, in any case.
export const commandOf = (name) => state.app.commands.find((c) => c.command.toLowerCase() === name.toLowerCase());

// encode writes the names of people and channels in typed text as Slack's marks, <@U1> and <#C1>; the server
// does the rest.
export function encode(text) {
  const names = [...people(), user(state.app.bot_user_id)].map((u) => [`@${nameOf(u)}`, `<@${u.id}>`]);
  const places = myChannels().map((c) => [`#${labelOf(c)}`, `<#${c.id}>`]);
  const known = [...names, ...places].sort((a, b) => b[0].length - a[0].length);
  let out = "";
  for (let i = 0; i < text.length;) {
    const hit = /[@#]/.test(text[i]) && !isWord(text[i - 1]) && known.find(([name]) => startsHere(text, i, name));
    out += hit ? hit[1] : text[i];
    i += hit ? hit[0].length : 1;
  }
  return out;
}

const isWord = (c) => c !== undefined && /[a-z0-9_]/i.test(c);
const startsHere = (text, i, name) => text.slice(i, i + name.length).toLowerCase() === name.toLowerCase() && !isWord(text[i + name.length]);
