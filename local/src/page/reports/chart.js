// The layout's chart, of the preview's rows.
import { bars, columns, lines } from "./axes.js";
import { pie } from "./pie.js";
import { shape } from "./svg.js";
import { writerOf } from "./texts.js";

const DRAWN = { column: columns, bar: bars, line: lines, pie };
const CALLED = { column: "Columns", bar: "Bars", line: "Lines", pie: "A pie" };
// Points that are said in words.
const SAID = 10;

// What is drawn; `null` if nothing is wanted, or there is nothing to be seen.
export function chartOf({ layout, timeZone }, { columns, rows }) {
  if (!layout.chart) return null;
  const place = (name) => columns.findIndex((column) => column.name === name);
  const category = place(layout.chart.category);
  if (category < 0) return null;
  const names = rows.map((row) => row[category]);
  const write = writerOf(columns[category].type, names, timeZone);
  const series = layout.chart.values
    .map(place)
    .filter((column) => column >= 0)
    .map((column) => ({ label: columns[column].label, values: rows.map((row) => row[column]) }));
  const { type } = layout.chart;
  const isSeen = type === "pie" ? (value) => value > 0 : (value) => value !== null;
  if (!(type === "pie" ? series.slice(0, 1) : series).some(({ values }) => values.some(isSeen))) return null;
  return { type, title: layout.title ?? "Chart", category: columns[category].label, names: names.map(write), series };
}

// Draws it as wide as the picture is.
export function draw(svg, chart) {
  const width = Math.max(240, Math.floor(svg.getBoundingClientRect().width));
  const { shapes, height } = DRAWN[chart.type](chart, width);
  svg.setAttribute("viewBox", `0 0 ${width} ${Math.ceil(height)}`);
  const title = shape("title", { id: "chart-title" }, chart.title);
  const description = shape("desc", { id: "chart-description" }, inWords(chart));
  svg.replaceChildren(title, description, ...shapes);
}

function inWords({ type, category, names, series }) {
  const value = (number) => (number === null ? "nothing" : number.toLocaleString());
  const point = (name, at) => `${name}: ${series.map(({ values }) => value(values[at])).join(", ")}`;
  const rest = names.length > SAID ? `; and ${names.length - SAID} more, as in the table` : "";
  const what = series.map(({ label }) => label).join(", ");
  return `${CALLED[type]} of ${what} by ${category}. ${names.slice(0, SAID).map(point).join("; ")}${rest}.`;
}
