// What is asked for: the form's fields and the chosen facets, as search's API takes them.

const LIMIT = 20;
// The highest price of a range is not in it; a cent below is.
const CENT = 0.01;
// Of these facets one value at a time can be chosen.
const SINGLE = new Set(["entity_type", "price", "month"]);

export class Wanted {
  #chosen = new Map();

  constructor(form) {
    this.form = form;
  }

  // The chosen values of a facet. The type is that of the form.
  chosen(facet) {
    if (facet === "entity_type") return [this.form.entity_type.value].filter(Boolean);
    return this.#chosen.get(facet) ?? [];
  }

  // Chooses a value, or gives it up.
  toggle(facet, value) {
    const chosen = this.chosen(facet);
    const others = SINGLE.has(facet) ? [] : chosen.filter((it) => it !== value);
    const next = chosen.includes(value) ? others : [...others, value];
    if (facet === "entity_type") this.form.entity_type.value = next[0] ?? "";
    else this.#chosen.set(facet, next);
  }

  // Everything but the words, their order and whether meaning counts.
  clear() {
    this.#chosen.clear();
    for (const name of ["entity_type", "rating_min", "lat", "lng"]) this.form[name].value = "";
  }

  searchAround({ lat, lng }) {
    this.form.lat.valueAsNumber = lat;
    this.form.lng.valueAsNumber = lng;
  }

  // Whether the words are too short to be asked for; none at all find everything.
  get isUnfinished() {
    return [...this.#words].length === 1;
  }

  get #words() {
    return this.form.query.value.trim();
  }

  // The body of `POST /search/advanced`.
  get body() {
    const { entity_type, sort_by, use_semantic } = this.form;
    return {
      ...(this.#words && { query: this.#words }),
      ...(entity_type.value && { entity_type: entity_type.value }),
      filters: this.#filters,
      sort_by: sort_by.value,
      use_semantic: use_semantic.checked,
      include_facets: true,
      explain: true,
      limit: LIMIT,
    };
  }

  get #filters() {
    const { lat, lng, radius_km, rating_min } = this.form;
    const filters = { ...this.#price, ...this.#month };
    for (const facet of ["category", "tags", "city", "country"]) {
      if (this.chosen(facet).length > 0) filters[facet] = this.chosen(facet);
    }
    if (rating_min.value) filters.rating_min = Number(rating_min.value);
    const location = { lat: lat.valueAsNumber, lng: lng.valueAsNumber };
    const isPlace = Object.values(location).every(Number.isFinite);
    if (isPlace) filters.geo = { location, radius_km: radius_km.valueAsNumber || 0 };
    return filters;
  }

  get #price() {
    const [range] = this.chosen("price");
    if (!range) return {};
    const [from, to] = range.split("..");
    return { price_min: Number(from), ...(to && { price_max: Math.max(0, Number(to) - CENT) }) };
  }

  get #month() {
    const [month] = this.chosen("month");
    if (!month) return {};
    const [year, number] = month.split("-").map(Number);
    const last = new Date(Date.UTC(year, number, 0));
    return { date_from: `${month}-01`, date_to: last.toISOString().slice(0, 10) };
  }
}
