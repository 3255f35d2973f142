// Date, time and date-time pickers. A date is chosen in a small calendar that reads in the person's language.
import { changed, ids, startOf } from "./action.js";
import { h, replace } from "./dom.js";
import { dayKey, instant, locale, parts, plainDate } from "./format.js";
import { icon } from "./icons.js";
import { textObject } from "./mrkdwn.js";
import { openPopover } from "./popover.js";
import { now } from "./state.js";
import { t } from "./strings.js";

// dateControl holds a YYYY-MM-DD text.
export function dateControl(el, block, ctx) {
  const node = dateButton(startOf(ctx, block, el, el.initial_date || ""), el, (date) => changed(ctx, block, el, date, node));
  Object.assign(node.dataset, ids(block, el));
  return node;
}

// timeControl holds an HH:MM text.
export function timeControl(el, block, ctx) {
  const node = timeInput(startOf(ctx, block, el, el.initial_time || ""), (time) => changed(ctx, block, el, time, node));
  Object.assign(node.dataset, ids(block, el));
  return node;
}

// dateTimeControl holds an instant in Unix seconds, chosen in the person's zone.
export function dateTimeControl(el, block, ctx) {
  const start = startOf(ctx, block, el, el.initial_date_time || "");
  const p = start ? parts(start * 1000) : null;
  let date = start ? dayKey(start * 1000) : "";
  let time = p ? `${String(p.hour).padStart(2, "0")}:${String(p.minute).padStart(2, "0")}` : "";
  const update = () => {
    if (!date || !time) return;
    const [y, m, d] = date.split("-").map(Number);
    const [hour, minute] = time.split(":").map(Number);
    changed(ctx, block, el, Math.round(instant(y, m, d, hour, minute) / 1000), node);
  };
  const node = h("div", { class: "date-time", data: ids(block, el), role: "group" },
    dateButton(date, el, (value) => { date = value; update(); }),
    timeInput(time, (value) => { time = value; update(); }));
  return node;
}

function timeInput(value, onPick) {
  const node = h("input", { type: "time", class: "input input-time", value, "aria-label": t("time"), onchange: () => { if (node.value) onPick(node.value); } });
  return node;
}

function dateButton(start, el, onPick) {
  let date = start;
  const node = h("button", { type: "button", class: "select select-date", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => show() });
  const draw = () => replace(node, icon("calendar", 16), h("span", { class: "select-value" },
    date ? plainDate(date) : h("span", { class: "placeholder" }, el.placeholder ? textObject(el.placeholder) : t("chooseDate"))));
  const show = () => {
    const close = openPopover(node, calendar(date || dayKey(now()), date, (picked) => {
      date = picked;
      draw();
      close();
      onPick(date);
    }), { label: t("chooseDate"), width: 288 });
  };
  draw();
  return node;
}

const DAY = 86400000;
const utc = (key) => Date.parse(`${key}T00:00:00Z`);
const keyOf = (ms) => new Date(ms).toISOString().slice(0, 10);
const named = (ms, options) => new Intl.DateTimeFormat(locale(), { ...options, timeZone: "UTC" }).format(ms);

// calendar draws a month; arrow keys move by day and week, Page Up and Down by month.
function calendar(shown, chosen, pick) {
  const node = h("div", { class: "calendar" });
  const draw = (key, focus) => {
    const cursor = utc(key);
    const at = new Date(cursor);
    const first = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
    const monday = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY;
    const days = Array.from({ length: 42 }, (_, i) => monday + i * DAY);
    const month = (n) => keyOf(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + n, Math.min(at.getUTCDate(), 28)));
    replace(node,
      h("div", { class: "calendar-head" },
        h("button", { type: "button", class: "icon-btn", "aria-label": t("previousMonth"), onclick: () => draw(month(-1)) }, icon("back")),
        h("strong", { "aria-live": "polite" }, named(cursor, { year: "numeric", month: "long" })),
        h("button", { type: "button", class: "icon-btn", "aria-label": t("nextMonth"), onclick: () => draw(month(1)) }, icon("next"))),
      h("div", { class: "calendar-grid", onkeydown: (event) => move(event, key, month) },
        days.slice(0, 7).map((day) => h("span", { class: "calendar-day-name", "aria-hidden": "true" }, named(day, { weekday: "narrow" }))),
        days.map((day) => dayCell(day, new Date(day).getUTCMonth() === at.getUTCMonth(), key))));
    if (focus) node.querySelector("[tabindex='0']").focus();
  };
  const dayCell = (day, inMonth, key) => {
    const k = keyOf(day);
    return h("button", {
      type: "button", class: ["calendar-day", !inMonth && "outside", k === chosen && "chosen", k === dayKey(now()) && "today"],
      tabindex: k === key ? "0" : "-1", autofocus: k === key || null, data: { date: k },
      "aria-label": named(day, { dateStyle: "full" }), "aria-pressed": String(k === chosen), onclick: () => pick(k),
    }, String(new Date(day).getUTCDate()));
  };
  const move = (event, key, month) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (step) draw(keyOf(utc(key) + step * DAY), true);
    else if (event.key === "PageUp") draw(month(-1), true);
    else if (event.key === "PageDown") draw(month(1), true);
    else return;
    event.preventDefault();
  };
  draw(shown);
  return node;
}
