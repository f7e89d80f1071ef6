// The chosen template: its parameters, its preview, and how a file is made of it.
import { clearPreview, showPreview } from "./preview.js";
import { fieldOf, given } from "./parameters.js";
import { complain } from "./texts.js";

const part = document.querySelector("#report");
const heading = part.querySelector("h2");
const none = part.querySelector(".none");
const form = part.querySelector("form");
const output = form.querySelector("output");
let client = null;
let template = null;
let begun = null;
// Of what was asked for last.
let asked = new AbortController();

// From now on reports are made as this account; who asks for a file hands it over.
export function reportsAs(signedIn, begin) {
  client = signedIn;
  begun = begin;
  clear();
}

function clear() {
  asked.abort();
  template = null;
  part.ariaBusy = "false";
  heading.textContent = "Report";
  none.hidden = false;
  form.hidden = true;
  output.replaceChildren();
  clearPreview();
}

export function showReport(chosen) {
  clear();
  template = chosen;
  heading.textContent = template.name;
  none.hidden = true;
  form.hidden = false;
  form.querySelector(".description").textContent = template.description;
  form.querySelector(".parameters").replaceChildren(...parameters().map(fieldOf));
  // On a narrow screen it is below the templates.
  part.scrollIntoView({ block: "nearest" });
}

function parameters() {
  return template.definition.parameters ?? [];
}

// One thing at a time; what comes of it is not shown if another template is chosen meanwhile.
async function attempt(act) {
  if (part.ariaBusy === "true" || !form.reportValidity()) return;
  const { signal } = (asked = new AbortController());
  part.ariaBusy = "true";
  output.replaceChildren();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  try {
    await act(given(form, parameters()), signal);
  } catch (error) {
    if (signal.aborted) return;
    complain(output, error);
    for (const { field } of error.details ?? []) form.elements.namedItem(field)?.setAttribute("aria-invalid", "true");
  }
  if (!signal.aborted) part.ariaBusy = "false";
}

form.preview.addEventListener("click", () =>
  attempt(async (values, signal) => {
    const { id, definition } = template;
    const preview = await client.preview(id, values, signal);
    if (!signal.aborted) showPreview(definition, preview);
  }),
);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async (values) => {
    const { id, version } = template;
    const by = client;
    begun(by, await by.run(id, version, values, form.format.value));
  });
});
