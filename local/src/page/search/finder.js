// Searches while one types, and shows what comes of it.
import { element } from "/_local/elements.js";
import { showFacets } from "./facets.js";
import { debounced, Latest } from "./latest.js";
import { resultOf } from "./results.js";
import { suggestFor } from "./suggestions.js";
import { Wanted } from "./wanted.js";

// Milliseconds without a key, after which it is searched.
const PAUSE = 120;

const part = (selector) => document.querySelector(selector);
const form = part("#query");
const wanted = new Wanted(form);
const latest = new Latest();
const soon = debounced(search, PAUSE);
let client = null;

// From now on it is searched as this account, for the same words; what another one found is gone at once.
export function searchAs(signedIn) {
  client = signedIn;
  wanted.clear();
  clear();
  search();
}

function search() {
  soon.cancel();
  if (wanted.isUnfinished) {
    latest.giveUp();
    part("#found").ariaBusy = "false";
    part("#summary").textContent = "Two characters at least.";
    return;
  }
  const { body } = wanted;
  ask((signal) => client.search(body, signal), (answer) => {
    clear();
    showFacets(part("#facets"), answer.data.facets, wanted, choose);
    show(answer, body);
  });
}

// What comes after the results that are shown.
function goOn(body, cursor) {
  ask((signal) => client.search(body, signal, cursor), (answer) => show(answer, body));
}

function similarTo(result) {
  soon.cancel();
  ask((signal) => client.similar(result, signal), (answer) => {
    clear();
    part("#like span").textContent = `Like “${result.title}”`;
    part("#like").hidden = false;
    show(answer);
    scrollTo({ top: 0 });
  });
}

function ask(request, done) {
  part("#found").ariaBusy = "true";
  const over = (then) => (outcome) => {
    part("#found").ariaBusy = "false";
    part("#found output").replaceChildren();
    then(outcome);
  };
  latest.run(request, { done: over(done), failed: over(complain) });
}

function clear() {
  for (const selector of ["#results", "#facets", "#summary", "#found output"]) part(selector).replaceChildren();
  for (const selector of ["#like", "#more"]) part(selector).hidden = true;
}

function show({ data, page }, body) {
  const { total, took_ms, semantic } = data;
  const results = total === 0 ? "Nothing was found" : `${total} ${total === 1 ? "result" : "results"}`;
  part("#summary").replaceChildren(
    element("strong", {}, results),
    element("span", { className: "took" }, `${took_ms.toFixed(1)} ms`),
    element("span", { className: "semantic" }, `semantic: ${semantic}`),
  );
  part("#results").append(...data.results.map((result) => resultOf(result, { similar: similarTo, near })));
  const more = part("#more");
  more.hidden = !body || !page.next_cursor;
  more.onclick = () => goOn(body, page.next_cursor);
}

// Results that do not belong to what is asked for now would mislead.
function complain({ message, code, details = [] }) {
  clear();
  const fields = details.map(({ field, message }) => element("li", {}, `${field}: ${message}`));
  const list = fields.length > 0 ? element("ul", {}, ...fields) : null;
  part("#found output").append(...[`${message} `, code && element("code", {}, code), list].filter(Boolean));
}

function choose(facet, value) {
  wanted.toggle(facet, value);
  search();
}

function near(location) {
  wanted.searchAround(location);
  search();
}

suggestFor(form.query, part("#suggestions"), {
  ask: (words, signal) => client.suggest(words, form.entity_type.value, signal),
  choose: search,
  pause: PAUSE,
});
form.addEventListener("input", soon.soon);
form.addEventListener("submit", (event) => event.preventDefault());
part("#clear").addEventListener("click", () => {
  wanted.clear();
  search();
});
part("#like button").addEventListener("click", search);
