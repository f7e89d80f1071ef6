// A pie of the first series. What is not above zero has no slice.
import { COLOURS, LINE, hint, key, shape, shortened } from "./svg.js";

const RADIUS = 105;
const SIDE = 2 * RADIUS + 10;

export function pie(points, width) {
  const slices = slicesOf(points);
  const total = slices.reduce((sum, { value }) => sum + value, 0);
  const beside = width >= SIDE + 220;
  const middle = { x: beside ? RADIUS + 5 : width / 2, y: RADIUS + 5 };
  const shapes = [];
  let turned = 0;
  for (const [colour, { name, value }] of slices.entries()) {
    const words = `${name}: ${value.toLocaleString()} (${percent(value / total)})`;
    shapes.push(slice(middle, turned, value / total, colour, words));
    turned += value / total;
    const [x, y] = beside
      ? [SIDE + 20, middle.y + (colour - (slices.length - 1) / 2) * (LINE + 6)]
      : [0, SIDE + LINE + colour * (LINE + 4)];
    shapes.push(...key(shortened(words, width - x - 16), colour, x, y));
  }
  return { shapes, height: beside ? SIDE : SIDE + LINE + slices.length * (LINE + 4) };
}

// The largest ones first; what has no colour of its own is one.
function slicesOf({ names, series: [{ values }] }) {
  const slices = names.map((name, at) => ({ name, value: values[at] ?? 0 })).filter(({ value }) => value > 0);
  slices.sort((a, b) => b.value - a.value);
  const rest = slices.splice(slices.length > COLOURS ? COLOURS - 1 : COLOURS);
  if (rest.length > 0) slices.push({ name: `${rest.length} others`, value: rest.reduce((sum, { value }) => sum + value, 0) });
  return slices;
}

function slice({ x, y }, from, part, colour, words) {
  const look = { class: `slice s${colour}` };
  if (part > 0.9999) return shape("circle", { ...look, cx: x, cy: y, r: RADIUS }, hint(words));
  const at = (turn) => [x + RADIUS * Math.sin(turn * 2 * Math.PI), y - RADIUS * Math.cos(turn * 2 * Math.PI)].join(" ");
  const d = `M ${x} ${y} L ${at(from)} A ${RADIUS} ${RADIUS} 0 ${part > 0.5 ? 1 : 0} 1 ${at(from + part)} Z`;
  return shape("path", { ...look, d }, hint(words));
}

function percent(part) {
  return part.toLocaleString(undefined, { style: "percent", maximumFractionDigits: 1 });
}
