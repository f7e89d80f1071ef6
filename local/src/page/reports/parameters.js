// A template's parameters as fields of a form, and what stands in them.
import { element } from "/_local/elements.js";

const HINTS = {
  timestamp: "2026-11-28, or words like today-7d",
  user: "The id of a user",
};

// What is left empty has its default.
export function fieldOf({ name, type, label, default: preset = null, required }) {
  const words = `${label ?? name}${required ? " (needed)" : ""}`;
  const hint = HINTS[type] ?? null;
  return element("label", {}, words, fieldFor(type, { name: `parameters.${name}`, preset, required }), hint && element("small", {}, hint));
}

function fieldFor(type, { name, preset, required }) {
  if (type === "boolean") {
    const field = element("select", { name }, new Option(preset === null ? "" : "as it is preset", ""), new Option("yes", "true"), new Option("no", "false"));
    field.value = preset === null ? "" : String(preset);
    return field;
  }
  const text = preset === null ? "" : String(preset);
  const field = element("input", { name, type: "text", value: text, placeholder: text, required: Boolean(required) && !text, spellcheck: false });
  if (type === "timestamp") field.setAttribute("list", "moments");
  if (type === "integer" || type === "number") Object.assign(field, { type: "number", step: type === "integer" ? "1" : "any" });
  return field;
}

// Those that something was given for, as reports takes them.
export function given(form, parameters) {
  const values = {};
  for (const { name, type } of parameters) {
    const { value } = form.elements[`parameters.${name}`];
    if (value !== "") values[name] = valueOf(type, value);
  }
  return values;
}

function valueOf(type, text) {
  if (type === "boolean") return text === "true";
  if (type === "integer" || type === "number") return Number(text);
  return type === "text" ? text : text.trim();
}
