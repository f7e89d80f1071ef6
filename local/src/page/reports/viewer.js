// A PDF in the page: its bytes come by script, since the bucket has whoever follows its link save them.
import { element } from "/_local/elements.js";
import { titleOf } from "./export.js";
import { size } from "./texts.js";

const part = document.querySelector("#viewer");
const place = part.querySelector(".document");
const words = part.querySelector("p");
const heading = part.querySelector("h2");
let shown = null;
// Of the bytes, for as long as they are shown.
let address = null;
let asked = new AbortController();

export function isShown(id) {
  return shown === id;
}

// Shows one; whoever has asked for it is led there.
export async function view(client, export_, { isAsked = false } = {}) {
  closeViewer();
  const { signal } = (asked = new AbortController());
  const bytes = await client.file(export_.id, signal);
  const isWhole = (await digestOf(bytes)) === export_.sha256;
  if (signal.aborted) return;
  shown = export_.id;
  address = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
  heading.textContent = titleOf(export_);
  const digest = isWhole ? "its sha256 is as it was told" : "its sha256 is not as it was told";
  words.textContent = `${export_.fileName}, ${size(bytes.byteLength)}; ${digest}.`;
  words.className = isWhole ? "quiet" : "bad";
  place.replaceChildren(frameOf(export_));
  part.hidden = false;
  if (!isAsked) return;
  heading.focus();
  part.scrollIntoView({ block: "start" });
}

function frameOf(export_) {
  // It would only have it saved.
  if (!navigator.pdfViewerEnabled) return element("p", { className: "none" }, "This browser shows no PDF in a page. Download it instead.");
  return element("iframe", { src: address, title: `${titleOf(export_)}, PDF` });
}

// Nothing of it stays.
export function closeViewer() {
  asked.abort();
  shown = null;
  part.hidden = true;
  place.replaceChildren();
  if (address) URL.revokeObjectURL(address);
  address = null;
}

async function digestOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

part.querySelector("button").addEventListener("click", () => {
  closeViewer();
  document.querySelector("#exports h2").focus();
});
addEventListener("pagehide", closeViewer);
