// Templates that there are, and samples of which some are made.
import { element } from "/_local/elements.js";
import { SAMPLES } from "./samples.js";
import { complain } from "./texts.js";

const part = document.querySelector("#templates");
const list = part.querySelector(".list");
const output = part.querySelector("output");
let client = null;
let choose = null;
let chosen = null;

// Lists those that this account sees; who chooses one hands it over with its definition.
export function templatesAs(signedIn, act) {
  client = signedIn;
  choose = act;
  chosen = null;
  list.replaceChildren();
  part.querySelector(".none").hidden = true;
  part.querySelector("details").open = false;
  attempt(show);
}

async function show() {
  const by = client;
  const templates = await by.templates();
  if (by !== client) return;
  list.replaceChildren(...templates.map(itemOf));
  const isEmpty = templates.length === 0;
  part.querySelector(".none").hidden = !isEmpty;
  if (isEmpty) part.querySelector("details").open = true;
}

function itemOf({ id, name, description, dataset, version, visibility }) {
  const of = `${dataset}${visibility === "private" ? ", yours alone" : ""}${version > 1 ? `, version ${version}` : ""}`;
  const button = element(
    "button",
    { type: "button", title: description, ariaPressed: "false" },
    element("strong", {}, name),
    element("span", {}, of),
  );
  button.dataset.id = id;
  button.addEventListener("click", () => attempt(() => open(id)));
  return element("li", {}, button);
}

async function open(id) {
  chosen = id;
  mark();
  const by = client;
  const template = await by.template(id);
  // Unless another one was chosen meanwhile.
  if (by === client && chosen === id) choose(template);
}

function mark() {
  for (const button of list.querySelectorAll("button")) button.ariaPressed = String(button.dataset.id === chosen);
}

function sampleOf(sample) {
  const button = element("button", { type: "button", ariaLabel: `Save ${sample.name}` }, "Save");
  button.addEventListener("click", async () => {
    button.disabled = true;
    await attempt(() => save(sample));
    button.disabled = false;
  });
  return element("li", {}, element("strong", {}, sample.name), element("span", {}, sample.description), button);
}

async function save(sample) {
  const by = client;
  const template = await by.saveTemplate(sample);
  if (by !== client) return;
  await show();
  part.querySelector("details").open = false;
  chosen = template.id;
  mark();
  choose(template);
}

async function attempt(act) {
  const by = client;
  output.replaceChildren();
  try {
    await act();
  } catch (error) {
    if (by === client) complain(output, error);
  }
}

part.querySelector(".samples").append(...SAMPLES.map(sampleOf));
