// What is known of one's account, as files; and the page of that alone, which a mail leads to.
import { element, row, terms } from "/_local/elements.js";
import { call, signedIn } from "./api.js";
import { attempt, onSubmit, when } from "./forms.js";

const PAGE = "/profile-export";
const STATUS = { processing: "in progress", completed: "done", expired: "its time is over", failed: "did not work" };
const WORDS = {
  none: "There is none, or it was more than 30 days ago.",
  processing: "It takes some minutes. A mail says when the files are here.",
  completed: "",
  expired: "Its files are gone. Export your data once more.",
  failed: "Some service did not answer. Export your data once more.",
};
const section = document.querySelector("#export");
const form = section.querySelector("form");
const again = document.querySelector("#export-again");
const table = section.querySelector("table");

export function isExportPage() {
  return location.pathname === PAGE;
}

// Shows how far it is; where somebody came for the files, these, too.
export function showExport(alone) {
  return attempt(form, alone ? look : status);
}

onSubmit(form, async () => fill(await call("POST", "/profile/export")));
again.addEventListener("click", () => attempt(form, look));
signedIn.addEventListener("change", () => fill(null));

async function status() {
  return fill(await latest());
}

async function look() {
  const found = await latest();
  const words = fill(found);
  return found?.status === "completed" ? list() : words;
}

async function latest() {
  try {
    return await call("GET", "/profile/export");
  } catch (error) {
    if (error.code === "ERR_AUTH_NOT_FOUND") return null;
    throw error;
  }
}

// Gives the words that belong to it. Links of before are those of another export, or of somebody else.
function fill(found) {
  const facts = found && terms({
    Status: STATUS[found.status],
    "Asked for": when(found.requestedAt),
    Done: found.completedAt ? when(found.completedAt) : "–",
    "Files until": when(found.expiresAt),
    "Services asked": found.services.join(", "),
  });
  section.querySelector("dl").replaceChildren(...(facts ?? []));
  again.hidden = !found || found.status === "expired";
  again.textContent = found?.status === "completed" ? "Show the files" : "Look again";
  table.querySelector("tbody").replaceChildren();
  table.hidden = true;
  return WORDS[found?.status ?? "none"];
}

async function list() {
  const files = await call("GET", "/profile/export/download").catch(explain);
  // Whatever becomes of a link, this page stays: loading it anew signs out.
  const rows = files.map(({ service, name, bytes, sha256, url }) =>
    row(element("a", { href: url, target: "_blank" }, name), service, `${bytes.toLocaleString()} bytes`,
      element("code", {}, sha256)),
  );
  table.querySelector("tbody").replaceChildren(...rows);
  table.hidden = false;
  return `The links work until ${when(files[0].expiresAt)}. After that, have the files shown again.`;
}

function explain(error) {
  if (error.code === "ERR_AUTH_NOT_FOUND") error.message = WORDS.expired;
  if (error.code === "ERR_AUTH_CONFLICT") error.message = "Some service has not answered yet. Look again in a moment.";
  throw error;
}
