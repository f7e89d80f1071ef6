// The first rows of a report: as a table, and as the chart of its layout.
import { element } from "/_local/elements.js";
import { chartOf, draw } from "./chart.js";
import { MOST } from "./client.js";
import { count, writerOf } from "./texts.js";

const place = document.querySelector("#report .preview");
const figure = place.querySelector("figure");
const svg = figure.querySelector("svg");
let chart = null;

export function showPreview(definition, preview) {
  place.hidden = false;
  const { rows, complete } = preview;
  const first = rows.length === MOST ? "The first " : "";
  const words = [rows.length === 0 ? "There is no row." : `${first}${count(rows.length, "row")}.`];
  if (!complete) words.push("Only a part of the dataset was looked at.");
  place.querySelector(".summary").textContent = words.join(" ");
  chart = chartOf(definition, preview);
  figure.hidden = !chart;
  if (chart) {
    figure.querySelector("figcaption").textContent = chart.title;
    draw(svg, chart);
  }
  const table = place.querySelector(".rows");
  table.hidden = rows.length === 0;
  table.replaceChildren(tableOf(preview, definition.timeZone));
}

export function clearPreview() {
  chart = null;
  place.hidden = true;
}

function tableOf({ columns, rows, totals }, timeZone) {
  const writers = columns.map(({ type }, at) => writerOf(type, rows.map((row) => row[at]), timeZone));
  const row = (cells) =>
    element("tr", {}, ...cells.map((cell, at) => element("td", { className: lookOf(columns[at].type) }, cell === null ? "" : writers[at](cell))));
  const head = columns.map(({ label, type }) => element("th", { scope: "col", className: lookOf(type) }, label));
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows.map(row)),
    totals ? element("tfoot", {}, row(totals)) : null,
  );
}

function lookOf(type) {
  return { integer: "number", number: "number", timestamp: "time" }[type] ?? "";
}

// Texts of a picture that is made narrower would be too small to read: it is drawn anew.
let drawn = 0;
new ResizeObserver(([{ contentRect: { width } }]) => {
  if (!chart || Math.abs(width - drawn) < 1) return;
  drawn = width;
  draw(svg, chart);
}).observe(figure);
