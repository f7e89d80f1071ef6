// Facets with how many results have which value; a value filters when it is clicked.
import { element } from "/_local/elements.js";

const TITLES = {
  entity_type: "Type",
  category: "Category",
  tags: "Tags",
  city: "City",
  country: "Country",
  price: "Lowest price",
  month: "Month",
};
// Values that are shown before one asks for all.
const FIRST = 8;
// Facets of which all values are shown.
const opened = new Set();

export function showFacets(place, facets, wanted, choose) {
  // Who went through them by the keyboard goes on there.
  const at = document.activeElement?.dataset.value;
  const groups = Object.keys(TITLES).map((facet) => group(facet, facets[facet] ?? [], wanted, choose));
  place.replaceChildren(...groups.filter(Boolean));
  if (at) place.querySelector(`button[data-value="${CSS.escape(at)}"]`)?.focus();
}

function group(facet, counted, wanted, choose) {
  const counts = new Map(counted.map((it) => [facet === "price" ? rangeOf(it) : it.value, it.count]));
  // What is chosen stays, so that it can be given up when nothing has it.
  const chosen = wanted.chosen(facet);
  const values = new Map([...chosen.map((value) => [value, 0]), ...counts]);
  if (values.size === 0) return null;
  const buttons = [...values].map(([value, count]) => {
    const label = element("span", {}, facet === "price" ? priced(value) : value);
    const number = element("span", { className: "count" }, String(count));
    const pressed = String(chosen.includes(value));
    const button = element("button", { type: "button", ariaPressed: pressed }, label, " ", number);
    button.dataset.value = `${facet}=${value}`;
    button.addEventListener("click", () => choose(facet, value));
    return element("li", {}, button);
  });
  const section = element("section", {}, element("h3", {}, TITLES[facet]), element("ul", {}, ...buttons));
  section.dataset.facet = facet;
  if (buttons.length > FIRST && !opened.has(facet)) hideRest(section, facet, buttons.slice(FIRST));
  return section;
}

function hideRest(section, facet, rest) {
  for (const item of rest) item.hidden = true;
  const all = element("button", { type: "button", className: "all" }, `${rest.length} more`);
  all.addEventListener("click", () => {
    opened.add(facet);
    for (const item of rest) item.hidden = false;
    all.remove();
  });
  section.append(all);
}

// As `Wanted` takes it.
function rangeOf({ from, to }) {
  return `${from}..${to ?? ""}`;
}

function priced(range) {
  const [from, to] = range.split("..");
  if (Number(to) === 0.01) return "free";
  const least = from === "0.01" ? "0" : from;
  return to ? `${least} – ${to}` : `${least} and more`;
}
