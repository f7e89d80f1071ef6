// Forms that are sent by script, and what is said in and below them.
import { element } from "/_local/elements.js";

// Has `send` take the form's fields when it is sent; what it returns is said in words.
export function onSubmit(form, send) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(form, () => send(filled(form)));
  });
}

// Does something on behalf of a part of the page that has an <output>: what comes of it is said there. Nothing else is
// done there meanwhile.
export async function attempt(part, act) {
  if (part.ariaBusy === "true") return;
  part.ariaBusy = "true";
  say(part, "");
  try {
    say(part, (await act()) ?? "");
  } catch (error) {
    complain(part, error);
  } finally {
    part.ariaBusy = "false";
  }
}

// The fields that something was typed into.
export function filled(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
}

export function say(part, ...words) {
  for (const input of part.querySelectorAll("input")) input.ariaInvalid = null;
  const output = part.querySelector("output");
  output.className = "";
  output.replaceChildren(...words);
}

// The message, the code that stays the same, and what is wrong with which field.
function complain(part, error) {
  const details = error.details ?? [];
  const list = element("ul", {}, ...details.map(({ field, message }) => element("li", {}, `${field}: ${message}`)));
  say(part, `${error.message} `, element("code", {}, error.code ?? error.name), ...(details.length > 0 ? [list] : []));
  part.querySelector("output").className = "bad";
  for (const { field } of details) {
    const input = part.querySelector(`input[name="${CSS.escape(field)}"]`);
    if (input) input.ariaInvalid = "true";
  }
}

// A time in the reader's own zone and way.
export function when(at) {
  return new Date(at).toLocaleString();
}
