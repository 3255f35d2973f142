// The page starts here: it loads the workspace, follows the address, and shows what the address says.
import { clockChip } from "./clock.js";
import { conversation, threadPane, threadsView } from "./conversation.js";
import { announce, h, phone, replace } from "./dom.js";
import { homeView } from "./home.js";
import { icon, mark } from "./icons.js";
import { startModals } from "./modal.js";
import { summary } from "./mrkdwn.js";
import { peopleSwitcher } from "./people.js";
import { closePopover } from "./popover.js";
import { openQuick } from "./quick.js";
import { format, parse, to } from "./route.js";
import { sidebar } from "./sidebar.js";
import { channel, emit, labelOf, me, myChannels, nameOf, on, people, sees, state, user } from "./state.js";
import { errorText, t } from "./strings.js";
import { loadState, myThreads, switchTo, threadUnread } from "./sync.js";
import { showError, toast } from "./toast.js";
import { trafficPane } from "./traffic.js";
import { newcomer } from "./welcome.js";

const app = document.getElementById("app");
let place = null; // what stands in the middle: {key, node, stop}
let pane = null;  // what stands at the right
let main = null;
let aside = null;

async function start() {
  try {
    await loadState();
  } catch (error) {
    replace(app, h("p", { class: "empty" }, errorText("unreachable")));
    showError(error);
    setTimeout(start, 2000);
    return;
  }
  fromPermalink();
  startModals();
  addEventListener("hashchange", () => follow(parse(location.hash)));
  on("route", follow);
  on("state", relanguage);
  on("state", showTrouble);
  on("connection", showTrouble);
  on("arrived", tell);
  await follow(parse(location.hash));
}

// A permalink, /archives/C1/p1700000000000100?thread_ts=…, becomes the address of that message.
function fromPermalink() {
  const link = /^\/archives\/(\w+)\/p(\d{10})(\d{6})$/.exec(location.pathname);
  if (!link) return;
  const thread = new URLSearchParams(location.search).get("thread_ts") || `${link[2]}.${link[3]}`;
  history.replaceState(null, "", `/#/c/${link[1]}/t/${thread}`);
}

// follow shows a route, switching the person first when it names another.
async function follow(route) {
  const wanted = people().some((u) => u.id === route.user) ? route.user : state.me || people()[0]?.id;
  if (!wanted) return;
  route.user = wanted;
  state.route = route;
  closePopover();
  if (state.me !== wanted) {
    try {
      await switchTo(wanted);
    } catch (error) {
      showError(error);
    }
    if (state.route !== route) return; // another click was faster
    frame();
  }
  const nowhere = (route.kind === "list" && (!phone() || (!location.hash && newcomer()))) || (route.kind === "channel" && !(state.channels.has(route.channel) && sees(channel(route.channel))));
  if (nowhere) Object.assign(route, startPlace());
  history.replaceState(null, "", location.pathname + location.search + format(route));
  show(route);
}

// startPlace is where somebody begins: the busiest of their channels, or the app's Home.
function startPlace() {
  const size = (c) => state.messages.get(c.id)?.length || 0;
  const busiest = [...myChannels()].sort((a, b) => size(b) - size(a))[0];
  return busiest ? { kind: "channel", channel: busiest.id, thread: "" } : { kind: "home", thread: "" };
}

// frame builds the page around the places, in the chosen person's language.
function frame() {
  document.documentElement.lang = me().locale || "en-US";
  document.title = `${state.team.name || state.app.name} · ${nameOf(me())}`;
  place?.stop();
  pane?.stop();
  place = pane = null;
  main = h("main", { class: "main" });
  aside = h("aside", { class: "aside" });
  replace(app,
    h("header", { class: "top" },
      h("a", { class: "brand", href: to({ kind: "list", thread: "", traffic: false }) }, mark(26), h("span", { class: "brand-name" }, state.team.name || state.app.name)),
      h("button", { type: "button", class: "top-search", "aria-label": t("jumpTo"), onclick: openQuick }, icon("search", 16), h("span", null, t("jumpTo")), h("kbd", null, "Ctrl K")),
      clockChip(),
      h("div", { class: "top-tools" }, trafficButton(), themeButton()),
      peopleSwitcher()),
    h("div", { class: "lost-bar", role: "status", hidden: true }),
    h("div", { class: "columns" }, sidebar(), main, aside));
  frame.language = me().locale;
  showTrouble();
}

function show(route) {
  const screen = route.thread || route.traffic ? "pane" : route.kind === "list" ? "list" : "place";
  document.body.dataset.screen = screen;
  document.body.classList.toggle("has-pane", Boolean(route.thread || route.traffic));
  const placeKey = `${route.kind}|${route.channel}`;
  if (place?.key !== placeKey) {
    place?.stop();
    place = { key: placeKey, ...draw(route) };
    replace(main, place.node);
    if (!route.thread) place.focus?.();
  }
  const paneKey = route.traffic ? "traffic" : route.thread ? `${route.channel}|${route.thread}` : "";
  if ((pane?.key || "") !== paneKey) {
    pane?.stop();
    const next = route.traffic ? trafficPane() : route.thread ? threadPane(route.channel, route.thread) : null;
    pane = next && { key: paneKey, ...next };
    replace(aside, next?.node);
    next?.focus();
  }
  const button = document.querySelector("[data-go=traffic]");
  button?.setAttribute("href", to({ traffic: !route.traffic }));
  button?.setAttribute("aria-pressed", String(route.traffic));
  emit("shown");
}

function draw(route) {
  if (route.kind === "home") return homeView();
  if (route.kind === "threads") return threads();
  if (route.kind === "list") return { node: h("div"), stop() {} };
  return conversation(route.channel);
}

function threads() {
  const make = () => threadsView(myThreads(), threadUnread);
  let node = make();
  const stop = on("messages", () => {
    const next = make();
    node.replaceWith(next);
    place.node = node = next;
  });
  return { node, stop };
}

// A change of the person's language draws the page anew.
function relanguage() {
  if (frame.language === undefined || frame.language === me().locale) return;
  frame();
  show(state.route);
  toast(t("languageChanged"), "success");
}

// showTrouble says under the top bar when the server or the app is away.
function showTrouble() {
  const bar = app.querySelector(".lost-bar");
  if (!bar) return;
  const lost = state.streaming === false;
  bar.hidden = !lost && (state.connected || state.mode !== "socket");
  bar.textContent = lost ? t("reconnecting") : t("noApp");
}

// tell says to screen readers what arrived where the person is.
function tell({ channel: id, message }) {
  if (message.user === state.me) return;
  const here = state.route.kind === "channel" && state.route.channel === id;
  const text = summary(message.text).slice(0, 200);
  if (here) announce(`${nameOf(user(message.user))}: ${text}`);
  else announce(t("newIn", { place: labelOf(channel(id)) }));
}

function trafficButton() {
  return h("a", { class: "icon-btn", href: to({ traffic: true }), role: "button", title: t("traffic"), "aria-label": t("traffic"), data: { go: "traffic" } }, icon("traffic"));
}

function themeButton() {
  const dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const node = h("button", { type: "button", class: "icon-btn", title: t("theme"), "aria-label": t("theme"), data: { theme: "toggle" }, onclick: () => {
    const next = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try { localStorage.setItem("playground.theme", next); } catch { /* for this visit only */ }
    replace(node, icon(dark() ? "sun" : "moon"));
  } }, icon(dark() ? "sun" : "moon"));
  return node;
}

start();
