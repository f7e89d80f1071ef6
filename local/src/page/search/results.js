// How a result is shown: what matches is marked, and the score tells what it is made of.
import { element } from "/_local/elements.js";
import { marked, unmarked } from "./marked.js";

// Characters of a description of which nothing matches.
const PART = 200;

// Whoever shows it says what `similar` and `near` do.
export function resultOf(result, { similar, near }) {
  const { title, description, city } = result.highlights;
  const acts = element("p", { className: "acts" }, button("Similar", "similar", () => similar(result)));
  if (result.location) acts.append(button("Near here", "near", () => near(result.location)));
  return element(
    "li",
    {},
    element(
      "article",
      {},
      element(
        "header",
        {},
        element("h3", {}, ...(title ? marked(title) : [result.title])),
        element("span", { className: "type" }, result.entity_type),
        result.distance_km === undefined ? null : element("span", { className: "distance" }, `${result.distance_km.toFixed(1)} km`),
      ),
      element("p", { className: "description" }, ...(description ? marked(description) : [beginning(result.description)])),
      element("p", { className: "facts quiet" }, ...between(factsOf(result, city))),
      tagsOf(result),
      scoreOf(result),
      acts,
      element("details", {}, element("summary", {}, "JSON"), element("pre", {}, JSON.stringify(result, null, 2))),
    ),
  );
}

function button(label, className, act) {
  const made = element("button", { type: "button", className }, label);
  made.addEventListener("click", act);
  return made;
}

function beginning(text = "") {
  return text.length > PART ? `${text.slice(0, PART)} …` : text;
}

// Each fact is made of texts and elements.
function factsOf({ category, city, country, start_date, end_date, price_min, price_max, currency, rating }, markedCity) {
  const facts = [];
  if (category) facts.push([category]);
  if (city) facts.push(markedCity ? marked(markedCity) : [city]);
  if (country) facts.push([country]);
  if (start_date) facts.push([span(dateOf(start_date), end_date && dateOf(end_date))]);
  if (price_min === 0 && !price_max) facts.push(["free"]);
  else if (price_min !== undefined) facts.push([`${span(price_min, price_max)} ${currency ?? ""}`.trim()]);
  if (rating !== undefined) facts.push([`rated ${rating}`]);
  return facts;
}

function span(from, to = from) {
  return from === to ? String(from) : `${from} – ${to}`;
}

function dateOf(time) {
  return time.slice(0, 10);
}

function between(facts) {
  return facts.flatMap((fact, at) => (at === 0 ? fact : [" · ", ...fact]));
}

// All tags, of which those that match come marked.
function tagsOf({ tags = [], highlights }) {
  const matching = new Map((highlights.tags ?? []).map((html) => [unmarked(html), html]));
  const items = tags.map((tag) => element("li", {}, ...(matching.has(tag) ? marked(matching.get(tag)) : [tag])));
  return items.length > 0 ? element("ul", { className: "tags" }, ...items) : null;
}

function scoreOf({ score, score_parts: parts = {} }) {
  const pieces = ["lexical", "semantic"]
    .filter((part) => parts[part] !== undefined)
    .map((part) => element("span", { className: part }, `${part} ${short(parts[part])}, no. ${parts[`${part}_rank`]}`));
  return element("p", { className: "score" }, element("span", {}, `score ${short(score)}`), ...pieces);
}

function short(number) {
  return String(Number(number.toPrecision(4)));
}
