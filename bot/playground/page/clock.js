// Business time: what it is now, and moving it forward so that reminders and digests come due.
import { post } from "./api.js";
import { h, replace } from "./dom.js";
import { clockText, instant, parts } from "./format.js";
import { icon } from "./icons.js";
import { closePopover, openPopover } from "./popover.js";
import { emit, me, now, on, state } from "./state.js";
import { t } from "./strings.js";
import { showError, toast } from "./toast.js";

const HOUR = 3600000;

// clockChip draws the time in the chosen person's zone; a click offers to move it.
export function clockChip() {
  const text = h("span", { class: "clock-text" });
  const bar = h("span", { class: "clock-bar", hidden: true });
  const node = h("button", { type: "button", class: "clock", "aria-haspopup": "dialog", "aria-expanded": "false", data: { clock: "true" }, onclick: () => openPopover(node, panel(), { label: t("moveClock"), width: 300 }) },
    icon("clock", 16), text, bar);
  const draw = () => {
    text.textContent = state.route ? clockText(now()) : "";
    bar.hidden = !state.moving;
    node.classList.toggle("moving", Boolean(state.moving));
    node.title = state.moving ? t("clockMoving") : `${t("moveClock")} · ${me().tz || "UTC"}`;
    node.setAttribute("aria-label", `${t("clock")}: ${text.textContent}. ${node.title}`);
  };
  for (const topic of ["clock", "person", "state"]) on(topic, draw);
  setInterval(draw, 10000);
  draw();
  return node;
}

function panel() {
  const amount = h("input", { class: "input", type: "number", min: 1, value: 3, "aria-label": t("amount") });
  const unit = h("select", { class: "input", "aria-label": t("unit") }, ["minutes", "hours", "days", "weeks"].map((u) => h("option", { value: u, selected: u === "days" }, t(u))));
  const size = { minutes: HOUR / 60, hours: HOUR, days: 24 * HOUR, weeks: 168 * HOUR };
  const status = h("p", { class: "muted clock-note", role: "status" });
  const draw = () => replace(status, state.moving ? `${t("clockMoving")} ${clockText(now())}` : t("clockNote"));
  const stop = on("clock", () => { if (status.isConnected) draw(); else stop(); });
  const button = (label, ms, key) => h("button", { type: "button", class: "btn", data: { advance: key }, onclick: () => advance(ms()) }, label);
  draw();
  return h("div", { class: "clock-panel" },
    h("div", { class: "menu-heading" }, t("moveClock")),
    h("div", { class: "clock-buttons" },
      button(t("plusHour"), () => HOUR, "1h"), button(t("plusDay"), () => 24 * HOUR, "24h"), button(t("plusWeek"), () => 168 * HOUR, "168h"),
      button(t("nextMonday"), () => nextMonday() - now(), "monday")),
    h("form", { class: "clock-custom", onsubmit: (event) => { event.preventDefault(); if (Number(amount.value) > 0) advance(amount.value * size[unit.value]); } },
      amount, unit, h("button", { type: "submit", class: "btn btn-primary", data: { advance: "custom" } }, t("move"))),
    status);
}

// nextMonday is the next Monday at 09:00 in the person's zone, in milliseconds.
export function nextMonday(from = now()) {
  const p = parts(from);
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(p.weekday);
  const at = (n) => instant(p.year, p.month, p.day + n, 9);
  const thisWeek = at(-days);
  return thisWeek > from ? thisWeek : at(7 - days);
}

// advance moves business time by milliseconds; the app does what comes due on the way.
export async function advance(ms) {
  if (state.moving) return;
  state.moving = "yes";
  emit("clock");
  try {
    const answer = await post("clock", { advance: `${Math.ceil(ms / 1000)}s` });
    state.offset = answer.now - Date.now();
    state.moving = "";
    closePopover();
    toast(t("clockMoved", { when: clockText(now()) }), "success");
  } catch (error) {
    showError(error);
  } finally {
    state.moving = "";
    emit("clock");
  }
}
