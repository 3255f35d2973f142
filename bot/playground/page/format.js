// Dates, times and numbers as the chosen person reads them: their language, their zone.
import { me, now } from "./state.js";
import { t } from "./strings.js";

const cache = new Map();

// locale is the chosen person's language tag, such as zh-CN.
export const locale = () => me().locale || "en-US";

// zone is the chosen person's time zone; a zone this browser does not know counts as UTC.
export function zone() {
  const name = me().tz || "UTC";
  try {
    formatter({}, name);
    return name;
  } catch {
    return "UTC";
  }
}

function formatter(options, timeZone = zone()) {
  const key = `${locale()}|${timeZone}|${JSON.stringify(options)}`;
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat(locale(), { ...options, timeZone }));
  return cache.get(key);
}

const fmt = (ms, options) => formatter(options).format(ms);

// tsMs turns a message's ts into milliseconds.
export const tsMs = (ts) => Math.round(parseFloat(ts) * 1000) || 0;

export const time = (ms) => fmt(ms, { hour: "numeric", minute: "2-digit" });
export const timeSeconds = (ms) => fmt(ms, { hour: "numeric", minute: "2-digit", second: "2-digit" });
export const full = (ms) => fmt(ms, { dateStyle: "full", timeStyle: "short" });
export const clockText = (ms) => fmt(ms, { weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
export const number = (value) => new Intl.NumberFormat(locale(), { maximumFractionDigits: 2 }).format(value);
export const percent = (share) => new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0 }).format(share);
export const compact = (value) => new Intl.NumberFormat(locale(), { notation: "compact", maximumFractionDigits: 1 }).format(value);

// parts splits an instant into the numbers of the calendar and clock of a zone.
export function parts(ms, timeZone = zone()) {
  const out = {};
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone, hourCycle: "h23", weekday: "short", year: "numeric", month: "numeric", day: "numeric",
    hour: "numeric", minute: "numeric", second: "numeric",
  });
  for (const { type, value } of format.formatToParts(ms)) out[type] = type === "weekday" ? value : Number(value);
  return out;
}

// dayKey names the day of an instant in the person's zone: 2026-11-24.
export function dayKey(ms) {
  const p = parts(ms);
  return `${p.year}-${String(p.month).padStart(2, "0")}-${String(p.day).padStart(2, "0")}`;
}

// instant is the moment of a wall-clock time in the person's zone, in milliseconds.
export function instant(year, month, day, hour = 0, minute = 0) {
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  let guess = wall;
  for (let i = 0; i < 2; i++) {
    const p = parts(guess);
    guess += wall - Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second);
  }
  return guess;
}

// dayName is the text of a day divider.
export function dayName(ms) {
  const near = nearby(ms);
  if (near) return near;
  const sameYear = parts(ms).year === parts(now()).year;
  return fmt(ms, { weekday: "long", month: "long", day: "numeric", year: sameYear ? undefined : "numeric" });
}

// plainDate shows a YYYY-MM-DD date, which has no zone.
export function plainDate(text) {
  const [y, m, d] = text.split("-").map(Number);
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" }).format(Date.UTC(y, m - 1, d));
}

function nearby(ms) {
  const days = [[0, "today"], [-1, "yesterday"], [1, "tomorrow"]];
  const hit = days.find(([n]) => dayKey(now() + n * 86400000) === dayKey(ms));
  return hit ? t(hit[1]) : "";
}

// ago says how far an instant is from business time, in the largest fitting unit.
export function ago(ms) {
  const seconds = Math.round((ms - now()) / 1000);
  const units = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return t("justNow");
}

const dateTokens = {
  date_num: (ms) => dayKey(ms),
  date_slash: (ms) => fmt(ms, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date: (ms) => fmt(ms, { year: "numeric", month: "long", day: "numeric" }),
  date_short: (ms) => fmt(ms, { year: "numeric", month: "short", day: "numeric" }),
  date_long: (ms) => fmt(ms, { weekday: "long", year: "numeric", month: "long", day: "numeric" }),
  time: (ms) => time(ms),
  time_secs: (ms) => timeSeconds(ms),
  ago: (ms) => ago(ms),
  day_divider_pretty: (ms) => dayName(ms),
};
for (const name of ["date", "date_short", "date_long"]) {
  dateTokens[`${name}_pretty`] = (ms) => nearby(ms) || dateTokens[name](ms);
}

// slackDate fills a date format such as "{date_short} {time}"; the fallback stands for a bad timestamp.
export function slackDate(seconds, format, fallback) {
  const ms = Number(seconds) * 1000;
  if (!Number.isFinite(ms)) return fallback || "";
  return format.replace(/\{(\w+)\}/g, (whole, name) => (dateTokens[name] ? dateTokens[name](ms) : whole));
}
