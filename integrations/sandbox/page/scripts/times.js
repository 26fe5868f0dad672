/** Dates and times as the reader's own place writes them, in the page's language. */

const LANGUAGE = "en-GB";
const CLOCK = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const TIME = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(LANGUAGE, { weekday: "long", day: "numeric", month: "long" });
const DATE = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short" });
const EXACT = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "full", timeStyle: "medium" });
const clocks = new Map();

/** All times come in milliseconds since 1970. */
export const timeText = (at) => TIME.format(at);
export const dayText = (at) => DAY.format(at);
export const exactText = (at) => EXACT.format(at);

/** The time in an IANA zone. */
export function clockText(at, zone) {
  if (!clocks.has(zone)) clocks.set(zone, new Intl.DateTimeFormat(LANGUAGE, { ...CLOCK, timeZone: zone }));
  return clocks.get(zone).format(at);
}

/** "20:15" on the same day, "15 Nov" otherwise. */
export const shortText = (at, now) => (dayText(at) === dayText(now) ? TIME : DATE).format(at);

// The letters of a `date_time` entity's format (Bot API, MessageEntity): what each adds.
const PARTS = {
  w: { weekday: "long" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
};

/** A moment in the form a `date_time` entity asks for, null where it asks for none. */
export function momentText(seconds, form, now) {
  if (!form) return null;
  const at = seconds * 1000;
  if (form === "r") return relativeText(at - now);
  const parts = [...form].filter((letter) => letter in PARTS);
  if (parts.length === 0) return null;
  return parts.map((letter) => new Intl.DateTimeFormat(LANGUAGE, PARTS[letter]).format(at)).join(", ");
}

function relativeText(milliseconds) {
  const words = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
  for (const [unit, size] of [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]]) {
    if (Math.abs(milliseconds) >= size) return words.format(Math.round(milliseconds / size), unit);
  }
  return words.format(Math.round(milliseconds / 1000), "second");
}
