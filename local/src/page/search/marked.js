// Texts in which search has marked what matches: HTML with <em> and nothing else, which becomes elements here.
import { element } from "/_local/elements.js";

const ESCAPED = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function unescaped(html) {
  return html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ESCAPED[name]);
}

// Texts and <em> elements. Whatever else looks like a tag stays text.
export function marked(html) {
  const parts = html.split(/<em>(.*?)<\/em>/s);
  return parts.map((part, at) => (at % 2 === 1 ? element("em", {}, unescaped(part)) : unescaped(part)));
}

// The text as it is without marks.
export function unmarked(html) {
  return unescaped(html.replace(/<\/?em>/g, ""));
}
