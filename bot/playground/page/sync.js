// Keeps the state in step with the server: the first load, the chosen person's stream, and what they have read.
import { get, post, stream } from "./api.js";
import { channel, emit, isMember, myChannels, myDM, now, state, threadKey } from "./state.js";
import { showError } from "./toast.js";

let closeStream = () => {};
let lost = false;

// loadState reads the workspace: people, channels, the app, the clock.
export async function loadState() {
  const answer = await get("state");
  state.team = answer.team;
  state.users = new Map(answer.users.map((u) => [u.id, u]));
  state.groups = new Map(answer.usergroups.map((g) => [g.id, g]));
  state.channels = new Map(answer.channels.map((c) => [c.id, c]));
  state.app = { commands: [], shortcuts: [], ...answer.app };
  state.connected = Boolean(answer.connected);
  state.mode = answer.mode || "";
  state.offset = answer.now - Date.now();
  reads.open(answer.now);
  emit("state");
}

// refresh reads the workspace again, and the conversations that are new in it.
async function refresh() {
  try {
    await loadState();
    const missing = [...myChannels(), myDM()].filter((c) => c && !state.messages.has(c.id));
    await Promise.all(missing.map((c) => loadChannel(c.id)));
  } catch (error) {
    showError(error);
  }
}

// switchTo makes somebody the person at the page: their channels, their messages, their stream.
export async function switchTo(id) {
  closeStream();
  state.me = id;
  state.messages = new Map();
  state.threads = new Map();
  state.view = null;
  state.depth = 0;
  state.home = null;
  state.elsewhere.delete(id);
  closeStream = stream(id, handle, () => { if (lost) resync(); lost = false; setConnected(true); }, () => { lost = true; setConnected(false); });
  await loadMine();
  emit("person");
}

// loadMine reads every conversation the person can see, and the view that is open for them.
async function loadMine() {
  const mine = [...myChannels(), myDM()].filter(Boolean);
  await Promise.all([...mine.map((c) => loadChannel(c.id)), loadView()]);
}

async function resync() {
  try {
    await loadState();
    await loadMine();
    for (const key of [...state.threads.keys()]) await loadThread(...key.split("/"));
    emit("person");
  } catch (error) {
    showError(error);
  }
}

// loadChannel reads a channel's top-level messages.
export async function loadChannel(id) {
  const owner = state.me;
  const { messages } = await get("messages", { channel: id, user: owner });
  if (owner !== state.me) return;
  state.messages.set(id, sorted(messages.filter((m) => !isReply(m) || m.subtype === "thread_broadcast")));
  emit("messages", { channel: id });
}

// loadThread reads a thread, its first message included.
export async function loadThread(id, ts) {
  const owner = state.me;
  const { messages } = await get("messages", { channel: id, thread_ts: ts, user: owner });
  if (owner !== state.me) return;
  state.threads.set(threadKey(id, ts), sorted(messages));
  emit("messages", { channel: id, thread: ts });
}

// loadView reads the modal that is open for the person.
export async function loadView() {
  const answer = await get("view", { user: state.me });
  setView(answer.view, answer.depth);
}

// openHome tells the app that the person looks at its Home tab.
export async function openHome() {
  const answer = await post("home", { user: state.me });
  state.home = answer.view || null;
  emit("home");
}

// loadLog reads the traffic that this page does not have yet.
export async function loadLog() {
  const { entries } = await get("log", { after: state.logged });
  const known = new Set(state.log.map((e) => e.n));
  const fresh = entries.filter((e) => !known.has(e.n));
  state.log = [...state.log, ...fresh].sort((a, b) => a.n - b.n).slice(-KEPT);
  if (state.log.length) state.logged = state.log[state.log.length - 1].n;
  emit("logged");
}

// setView makes a view the open one; null closes it.
export function setView(view, depth) {
  state.view = view;
  state.depth = depth;
  emit("view");
}

function setConnected(on) {
  if (state.streaming === on) return;
  state.streaming = on;
  emit("connection");
}

const handlers = {
  message: ({ channel: id, message }) => arrive(id, message),
  message_changed: ({ channel: id, message }) => put(id, message),
  message_deleted: ({ channel: id, message }) => drop(id, message),
  ephemeral: ({ channel: id, message }) => arrive(id, { ...message, is_ephemeral: true }),
  ephemeral_changed: ({ channel: id, message }) => put(id, { ...message, is_ephemeral: true }),
  ephemeral_deleted: ({ channel: id, message }) => drop(id, message),
  view: ({ view, depth }) => setView(view, depth),
  home: ({ view }) => { state.home = view; emit("home"); },
  state: refresh,
  clock: ({ now: at }) => { state.offset = at - Date.now(); emit("clock"); },
  log: ({ entry }) => { keepEntry(entry); noticeElsewhere(entry); },
};

function handle(event) {
  handlers[event.type]?.(event);
}

const isReply = (m) => Boolean(m.thread_ts) && m.thread_ts !== m.ts;
const sorted = (list) => [...list].sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));

function arrive(id, message) {
  if (!state.channels.has(id)) refresh();
  put(id, message);
  emit("arrived", { channel: id, message });
}

function put(id, message) {
  if (isReply(message)) {
    upsert(state.threads, threadKey(id, message.thread_ts), message);
    emit("messages", { channel: id, thread: message.thread_ts });
    if (message.subtype !== "thread_broadcast") return;
  } else {
    upsert(state.threads, threadKey(id, message.ts), message);
    emit("messages", { channel: id, thread: message.ts });
  }
  upsert(state.messages, id, message);
  emit("messages", { channel: id });
}

function upsert(lists, key, message) {
  const list = lists.get(key);
  if (!list) return;
  lists.set(key, sorted([...list.filter((m) => m.ts !== message.ts), message]));
}

function drop(id, message) {
  const without = (list) => list?.filter((m) => m.ts !== message.ts);
  if (state.messages.has(id)) state.messages.set(id, without(state.messages.get(id)));
  for (const [key, list] of state.threads) if (key.startsWith(`${id}/`)) state.threads.set(key, without(list));
  emit("messages", { channel: id });
  emit("messages", { channel: id, thread: message.thread_ts || message.ts });
}

const KEPT = 1000;
function keepEntry(entry) {
  state.log = [...state.log, entry].slice(-KEPT);
  if (entry.n === state.logged + 1) state.logged = entry.n;
  emit("log", entry);
}

// The traffic tells who else got a private message meanwhile: the person switcher shows it.
function noticeElsewhere(entry) {
  if (entry.dir !== "from_bot" || entry.method !== "chat.postMessage" || (entry.status && entry.status !== "ok")) return;
  const ch = channel(entry.response?.channel || entry.channel || entry.request?.channel);
  if (!ch.is_im || isMember(ch)) return;
  state.elsewhere.set(ch.user, (state.elsewhere.get(ch.user) || 0) + 1);
  emit("elsewhere");
}

// reads remembers up to which message each person has read each conversation.
export const reads = {
  key: "playground.reads", since: 0, marks: {},
  open(at) {
    if (this.since) return;
    let kept = {};
    try { kept = JSON.parse(localStorage.getItem(this.key)) || {}; } catch { /* none kept */ }
    // A workspace whose clock is behind the kept one is a new workspace.
    const fresh = !kept.since || kept.seen > at + 1000 || kept.team !== state.team.id;
    this.since = fresh ? at : kept.since;
    this.marks = fresh ? {} : kept.marks;
    this.save();
  },
  save() {
    const kept = { team: state.team.id, since: this.since, seen: now(), marks: this.marks };
    try { localStorage.setItem(this.key, JSON.stringify(kept)); } catch { /* storage may be off */ }
  },
  of(place) { return this.marks[`${state.me}|${place}`] || String(this.since / 1000); },
  mark(place, ts) {
    if (!ts || Number(ts) <= Number(this.of(place))) return;
    this.marks[`${state.me}|${place}`] = ts;
    this.save();
    emit("reads");
  },
};

// unread counts the messages of a channel that the person has not seen.
export function unread(id) {
  const mark = Number(reads.of(id));
  return (state.messages.get(id) || []).filter((m) => Number(m.ts) > mark && m.user !== state.me && !m.is_ephemeral).length;
}

// myThreads are the threads of the person's channels with replies, the latest first.
export function myThreads() {
  const all = [...state.messages].flatMap(([id, list]) => list.filter((m) => m.reply_count > 0).map((m) => ({ channel: id, message: m })));
  return all.sort((a, b) => Number(b.message.latest_reply) - Number(a.message.latest_reply));
}

// threadUnread says whether a thread that concerns the person has a reply they have not seen.
export function threadUnread({ channel: id, message }) {
  const mine = message.user === state.me || (message.reply_users || []).includes(state.me) || JSON.stringify(message).includes(`<@${state.me}>`);
  return mine && Number(message.latest_reply) > Number(reads.of(threadKey(id, message.ts)));
}
