// How things are said, in words and numbers.
import { element } from "/_local/elements.js";

const UNITS = ["bytes", "kB", "MB", "GB"];
// How broken numbers are written: large ones to the thousandth, small ones to four digits.
const LARGE = { maximumFractionDigits: 3 };
const SMALL = { maximumSignificantDigits: 4 };
// What times end with that are beginnings of days, or of minutes.
const BEGINNINGS = [" 00:00:00", ":00"];

export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

export function size(bytes) {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const scaled = bytes / 1000 ** unit;
  return `${scaled.toLocaleString(undefined, { maximumFractionDigits: scaled < 10 && unit > 0 ? 1 : 0 })} ${UNITS[unit]}`;
}

// A time in the reader's own zone and way.
export function when(at) {
  return new Date(at).toLocaleString();
}

// A message, the code that stays the same, and what is wrong with which field.
export function complain(output, { message, code, name, details = [] }) {
  const fields = details.map(({ field, message }) => element("li", {}, `${field}: ${message}`));
  const list = fields.length > 0 ? [element("ul", {}, ...fields)] : [];
  output.replaceChildren(`${message} `, element("code", {}, code ?? name), ...list);
}

// How the cells of a column are written; moments in the zone, shorter if all of them are beginnings of
// days or minutes.
export function writerOf(type, values, timeZone) {
  if (type === "timestamp") return writerOfTimes(values, timeZone);
  return (value) => {
    if (typeof value === "number") return value.toLocaleString(undefined, Math.abs(value) < 1 ? SMALL : LARGE);
    return value === null ? "" : String(value);
  };
}

function writerOfTimes(values, timeZone) {
  // The only language whose way is 2026-11-28 13:00:00.
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const write = (value) => format.format(new Date(value));
  const there = values.filter((value) => value !== null).map(write);
  const end = BEGINNINGS.find((end) => there.every((time) => time.endsWith(end))) ?? "";
  return (value) => (value === null ? "" : write(value).slice(0, -end.length || undefined));
}
