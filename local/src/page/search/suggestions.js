// Titles that are suggested below the field while one types: a combobox as the ARIA practices have it.
import { element } from "/_local/elements.js";
import { debounced, Latest } from "./latest.js";

// `ask` gives suggestions for what is typed; `choose` is told the one that is taken, or null where the typed words are.
export function suggestFor(input, list, { ask, choose, pause }) {
  const latest = new Latest();
  let suggestions = [];
  let current = -1;

  const close = () => {
    typed.cancel();
    latest.giveUp();
    list.hidden = true;
    suggestions = [];
    mark(-1);
    input.ariaExpanded = "false";
  };
  const mark = (at) => {
    current = at;
    [...list.children].forEach((option, number) => (option.ariaSelected = String(number === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const take = (suggestion) => {
    if (suggestion) input.value = suggestion.text;
    close();
    choose(suggestion);
  };
  const show = (found) => {
    suggestions = found;
    list.replaceChildren(...found.map((suggestion, at) => optionOf(suggestion, at, take)));
    list.hidden = found.length === 0;
    input.ariaExpanded = String(found.length > 0);
    mark(-1);
  };
  const request = () => {
    const words = input.value.trim();
    if (words === "" || document.activeElement !== input) return close();
    // Results come without suggestions, too: what goes wrong is said of them.
    return latest.run((signal) => ask(words, signal), { done: show, failed: close });
  };
  const typed = debounced(request, pause);

  input.addEventListener("input", typed.soon);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    // Of an input method that is not done, it is its own.
    if (event.isComposing) return;
    const { length } = suggestions;
    if (event.key === "Enter") {
      event.preventDefault();
      take(suggestions[current] ?? null);
    } else if (event.key === "Escape" && length > 0) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" && length > 0) {
      event.preventDefault();
      mark(current + 1 < length ? current + 1 : -1);
    } else if (event.key === "ArrowUp" && length > 0) {
      event.preventDefault();
      mark(current < 0 ? length - 1 : current - 1);
    }
  });
}

function optionOf(suggestion, at, take) {
  const { text, entity_type } = suggestion;
  const option = element("li", { id: `suggestion-${at}`, role: "option" }, text, " ", element("span", { className: "quiet" }, entity_type));
  // Before the field loses the focus, and with that its suggestions.
  option.addEventListener("mousedown", (event) => {
    event.preventDefault();
    take(suggestion);
  });
  return option;
}
