// What the page knows, and who is told when it changes. Everything is read through the
// selectors below; sync.js is the only writer of what comes from the server.

export const state = {
  team: {}, users: new Map(), groups: new Map(), channels: new Map(), app: { commands: [], shortcuts: [] },
  connected: true, mode: "", offset: 0, moving: "",
  me: "", route: { kind: "list" },
  messages: new Map(),  // channel -> sorted top-level messages
  threads: new Map(),   // "channel/thread_ts" -> sorted messages
  view: null, depth: 0, home: null,
  log: [],              // the traffic, oldest first
  logged: 0,            // up to which number it is known without a gap
  elsewhere: new Map(), // user -> number of private messages while someone else was at the page
  drafts: new Map(), history: new Map(), dismissed: new Set(),
};

const listeners = new Map();

// on calls fn whenever the topic is emitted; the answer stops it.
export function on(topic, fn) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(fn);
  return () => listeners.get(topic).delete(fn);
}

// emit tells everyone who listens to the topic.
export function emit(topic, detail) {
  for (const fn of [...(listeners.get(topic) || [])]) fn(detail);
}

// now is business time in milliseconds.
export const now = () => Date.now() + state.offset;

// user returns a person or bot by id; an unknown id gives a stand-in, never undefined.
export const user = (id) => state.users.get(id) || { id, name: id || "?", profile: {} };
export const me = () => user(state.me);
export const channel = (id) => state.channels.get(id) || { id, name: id || "?", members: [] };

// nameOf is what people call somebody.
export function nameOf(u) {
  const profile = u.profile || {};
  return u.real_name || profile.real_name || profile.display_name || u.name || u.id;
}

// titleOf is a person's job.
export const titleOf = (u) => (u.profile && u.profile.title) || "";

// people are the human members, in the workspace's order.
export const people = () => [...state.users.values()].filter((u) => !u.is_bot && !u.deleted && u.id !== "USLACKBOT");

export const isApp = (id) => id === state.app.bot_user_id || Boolean(user(id).is_bot);

// isMember says whether a person, by default the chosen one, is in a channel.
export const isMember = (ch, id = state.me) => ch.user === id || (ch.members || []).includes(id);

// sees says whether a person may read a channel: a public one, or one they are in.
export const sees = (ch, id = state.me) => !ch.is_archived && (isMember(ch, id) || (!ch.is_im && !ch.is_private));

// myChannels are the public channels and the private ones the chosen person is in, by name.
export function myChannels() {
  return [...state.channels.values()]
    .filter((c) => !c.is_im && sees(c))
    .sort((a, b) => a.name.localeCompare(b.name));
}

// dmOf is a person's direct conversation with the app, if there is one.
export const dmOf = (id) => [...state.channels.values()].find((c) => c.is_im && isMember(c, id));
export const myDM = () => dmOf(state.me);

// labelOf is a channel's name as it is shown, without its sign.
export function labelOf(ch) {
  if (!ch.is_im) return ch.name;
  return state.app.name || nameOf(user(state.app.bot_user_id));
}

// placeKey names a conversation of one person: for drafts and typed history.
export const placeKey = (ch, thread) => `${state.me}|${ch}|${thread || ""}`;

export const threadKey = (ch, ts) => `${ch}/${ts}`;

// isHidden says whether the person dismissed an ephemeral message.
export const isHidden = (message) => state.dismissed.has(`${state.me}|${message.ts}`);
