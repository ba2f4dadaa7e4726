import { locale } from "./language";

const number = new Intl.NumberFormat(locale);
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const dollars = new Intl.NumberFormat(locale, { style: "currency", currency: "USD" });
// 9:42 PM, but 09:42: a clock of 24 hours has two digits.
const { hour12 } = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions();
const hour = hour12 ? "numeric" : "2-digit";
const clock = new Intl.DateTimeFormat(locale, { hour, minute: "2-digit", second: "2-digit" });
const today = new Intl.DateTimeFormat(locale, { hour, minute: "2-digit" });
const day = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  hour,
  minute: "2-digit",
});

const shortDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });

/** 1,234,567 */
export function formatNumber(value: number): string {
  return number.format(value);
}

/** 412K */
export function formatCompact(value: number): string {
  return compact.format(value);
}

const two = (value: number) => String(value).padStart(2, "0");

/** Seconds as people read them: 0s, 42s, 4m 31s, 1h 04m, 2d 03h. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)}h ${two(Math.floor((whole % 3_600) / 60))}m`;
  return `${Math.floor(whole / 86_400)}d ${two(Math.floor((whole % 86_400) / 3_600))}h`;
}

/** US dollars: $0.47; less than a cent that is not nothing is said so. */
export function formatCost(cost: number): string {
  return cost > 0 && cost < 0.01 ? `<${dollars.format(0.01)}` : dollars.format(cost);
}

const KILO = 1_000;

/** Bytes as people read them: 812 B, 41 kB, 1.2 MB, 3.4 GB. */
export function formatBytes(bytes: number): string {
  if (bytes < KILO) return `${bytes} B`;
  if (bytes < KILO ** 2) return `${formatNumber(Math.round(bytes / KILO))} kB`;
  const [unit, word] = bytes < KILO ** 3 ? [KILO ** 2, "MB"] : [KILO ** 3, "GB"];
  return `${formatNumber(Math.round((bytes / unit) * 10) / 10)} ${word}`;
}

/** A point in time in the reader's zone; of today only the time. */
export function formatTime(timestamp: string): string {
  const time = new Date(timestamp);
  return (time.toDateString() === new Date().toDateString() ? today : day).format(time);
}

/** The day of a point in time in the reader's zone, with the year where it is not this one. */
export function formatDate(timestamp: string): string {
  const time = new Date(timestamp);
  const year = time.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year }).format(time);
}

/** A day without its time, as 2026-11-24, in short: 24 Nov. */
export function formatDay(key: string): string {
  const [year = 0, month = 1, date = 1] = key.split("-").map(Number);
  return shortDay.format(new Date(year, month - 1, date));
}

/** A part of a whole: 87%. */
export function formatPercent(part: number): string {
  return percent.format(part);
}

/** The time of day of a point in ms since the epoch: 14:02:10. */
export function formatClock(ms: number): string {
  return clock.format(ms);
}

/** The same point in UTC, for titles. */
export function formatUtc(timestamp: string): string {
  return new Date(timestamp).toISOString().replace("T", " ").replace("Z", " UTC");
}

type Timed = { startedAt: string | null; completedAt: string | null; duration: number | null };

/**
 * Seconds a run has taken. The server's figure is final once the run is over; until then it is counted from the start
 * (`now` in ms since the epoch). Null before the start.
 */
export function elapsedSeconds(run: Timed, now: number): number | null {
  if (run.completedAt !== null) return run.duration;
  if (run.startedAt === null) return null;
  return Math.max(0, (now - Date.parse(run.startedAt)) / 1_000);
}
