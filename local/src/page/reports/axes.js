// Columns, bars and lines. Zero is always on the axis.
import { LINE, hint, keys, shape, shortened, widest, write } from "./svg.js";

const HEIGHT = 240;
// Part of a point's room that its columns take.
const FILLED = 0.72;
// Of a point's name.
const LONGEST = 150;
// Points that are marked on lines, at most.
const MARKED = 60;

// Each draws as wide as it is told, and says how high it is.
export function columns(points, width) {
  const { shapes, across, along, height } = upright(points, width);
  for (const { colour, start, wide, value, words } of slots(points)) {
    const [top, bottom] = [along(Math.max(0, value)), along(Math.min(0, value))];
    const place = { x: across(start), y: top, width: across(start + wide) - across(start), height: bottom - top };
    shapes.push(shape("rect", { class: `s${colour}`, ...place }, hint(words)));
  }
  return { shapes, height };
}

export function lines(points, width) {
  const { shapes, across, along, height } = upright(points, width);
  for (const [colour, { label, values }] of points.series.entries()) {
    const placed = values.map((value, at) => value !== null && { x: across(at + 0.5), y: along(value), at, value });
    for (const run of runs(placed)) {
      shapes.push(shape("polyline", { class: `line s${colour}`, points: run.map(({ x, y }) => `${x},${y}`).join(" ") }));
      // A point without neighbours is no line.
      if (run.length > 1 && values.length > MARKED) continue;
      for (const { x, y, at, value } of run) {
        shapes.push(shape("circle", { class: `s${colour}`, cx: x, cy: y, r: 3.5 }, hint(said(points, label, at, value))));
      }
    }
  }
  return { shapes, height };
}

// The first on top.
export function bars(points, width) {
  const { shapes, height: top } = keys(points.series.map(({ label }) => label), width);
  const names = points.names.map((name) => shortened(name, Math.min(LONGEST, width * 0.35)));
  const left = widest(names) + 10;
  // As high as their names, unless there are very many.
  const high = Math.max(8, Math.min(26 + 8 * (points.series.length - 1), 1200 / names.length));
  const bottom = top + high * names.length;
  const scale = scaleOf(points, Math.max(2, Math.floor((width - left) / 80)));
  const along = (value) => left + ((value - scale.low) / (scale.high - scale.low)) * (width - left - 20);
  for (const tick of scale.ticks) {
    const x = along(tick);
    shapes.push(shape("line", { class: tick === 0 ? "zero" : "grid", x1: x, x2: x, y1: top, y2: bottom }));
    shapes.push(write(scale.write(tick), x, bottom + LINE * 0.7, { anchor: "middle", quiet: true }));
  }
  for (const { colour, start, wide, value, words } of slots(points)) {
    const [from, to] = [along(Math.min(0, value)), along(Math.max(0, value))];
    const place = { x: from, y: top + start * high, width: to - from, height: wide * high };
    shapes.push(shape("rect", { class: `s${colour}`, ...place }, hint(words)));
  }
  const every = Math.ceil((LINE - 2) / high);
  for (let at = 0; at < names.length; at += every) {
    shapes.push(write(names[at], left - 10, top + (at + 0.5) * high, { anchor: "end" }));
  }
  return { shapes, height: bottom + LINE * 1.4 };
}

// Values upwards, and names of points below.
function upright(points, width) {
  const { shapes, height: top } = keys(points.series.map(({ label }) => label), width);
  const scale = scaleOf(points, 5);
  const labels = scale.ticks.map(scale.write);
  const [left, bottom] = [widest(labels) + 10, top + HEIGHT];
  const across = (place) => left + (place / points.names.length) * (width - left);
  const along = (value) => bottom - ((value - scale.low) / (scale.high - scale.low)) * (HEIGHT - 8);
  for (const [at, tick] of scale.ticks.entries()) {
    const y = along(tick);
    shapes.push(shape("line", { class: tick === 0 ? "zero" : "grid", x1: left, x2: width, y1: y, y2: y }));
    shapes.push(write(labels[at], left - 10, y, { anchor: "end", quiet: true }));
  }
  const names = points.names.map((name) => shortened(name, LONGEST));
  const room = Math.max(1, Math.floor((width - left) / (widest(names) + 14)));
  const every = Math.ceil(names.length / room);
  for (let at = 0; at < names.length; at += every) {
    // At the edge it stays in the picture.
    const half = widest([names[at]]) / 2;
    const x = Math.max(half, Math.min(width - half, across(at + 0.5)));
    shapes.push(write(names[at], x, bottom + LINE * 0.8, { anchor: "middle" }));
  }
  return { shapes, across, along, height: bottom + LINE * 1.5 };
}

// Each value with the room on the axis of points that its column takes.
function slots(points) {
  const wide = FILLED / points.series.length;
  return points.series.flatMap(({ label, values }, colour) =>
    values
      .map((value, at) => ({ colour, value, wide, start: at + (1 - FILLED) / 2 + wide * colour, words: said(points, label, at, value) }))
      .filter(({ value }) => value !== null),
  );
}

function said(points, label, at, value) {
  return `${points.names[at]}, ${label}: ${value === null ? "–" : value.toLocaleString()}`;
}

// Where nothing is missing in between.
function runs(placed) {
  const all = [[]];
  for (const point of placed) {
    if (point) all.at(-1).push(point);
    else all.push([]);
  }
  return all.filter((run) => run.length > 0);
}

// From which to which value the axis goes, with about so many round ones.
function scaleOf({ series }, wanted) {
  const values = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const [lowest, highest] = [Math.min(0, ...values), Math.max(0, ...values)];
  const rough = (highest - lowest || 1) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const round = [1, 2, 5, 10].find((step) => step * power >= rough * 0.999) * power;
  const step = values.every(Number.isInteger) ? Math.max(1, round) : round;
  const [first, last] = [Math.floor(lowest / step), Math.max(1, Math.ceil(highest / step))];
  const ticks = Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const write = (tick) => tick.toLocaleString(undefined, { maximumFractionDigits: Math.min(digits, 20) });
  return { low: first * step, high: last * step, ticks, write };
}
