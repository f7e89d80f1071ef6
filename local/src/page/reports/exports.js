// One's own exports, the newest first, and how far they are.
import { element } from "/_local/elements.js";
import { Listed, isRunning, titleOf } from "./export.js";
import { Poll } from "./poll.js";
import { complain } from "./texts.js";
import { closeViewer, isShown, view } from "./viewer.js";

const part = document.querySelector("#exports");
const list = part.querySelector("ol");
const output = part.querySelector("output");
const news = part.querySelector(".news");
const older = part.querySelector(".older");
const poll = new Poll(look);
// By their ids.
let listed = new Map();
// Those that are deleted: an answer may still have them.
let deleted = new Set();
// PDFs that were asked for here: they are shown when they are there.
let awaited = new Set();
let client = null;
let cursor = null;

// Lists those of this account.
export function exportsAs(signedIn) {
  client = signedIn;
  [listed, deleted, awaited, cursor] = [new Map(), new Set(), new Set(), null];
  list.replaceChildren();
  output.replaceChildren();
  news.textContent = "";
  part.querySelector(".none").hidden = true;
  older.hidden = true;
  closeViewer();
  poll.begin(false);
  attempt(more);
}

// One was asked for.
export function begun(by, export_) {
  if (by !== client) return;
  if (export_.format === "pdf") awaited.add(export_.id);
  news.textContent = `${titleOf(export_)} is being made as ${export_.format}.`;
  put(export_);
  poll.begin();
}

// The newest ones, or those that come after what is listed.
async function more() {
  const by = client;
  const { data, page } = await by.exports(cursor);
  if (by !== client) return;
  cursor = page.next_cursor;
  older.hidden = !cursor;
  for (const export_ of data) put(export_);
  part.querySelector(".none").hidden = listed.size > 0;
  poll.begin([...listed.values()].some(({ export: it }) => isRunning(it)));
}

async function look() {
  const by = client;
  const before = running();
  let hasChanged = false;
  try {
    const { data } = await by.exports();
    const newest = new Set(data.map(({ id }) => id));
    const others = await Promise.all(before.filter(({ id }) => !newest.has(id)).map(({ id }) => found(by, id)));
    if (by === client) {
      hasChanged = [...data, ...others.filter(Boolean)].map(put).includes(true);
      output.replaceChildren();
    }
  } catch (error) {
    if (by === client) complain(output, error);
  }
  return { isWanted: running().length > 0, hasChanged };
}

function running() {
  return [...listed.values()].map((it) => it.export).filter(isRunning);
}

// What was deleted elsewhere goes from the list.
async function found(by, id) {
  try {
    return await by.export(id);
  } catch (error) {
    if (error.code !== "ERR_REPORTS_EXPORT_NOT_FOUND") throw error;
    if (by === client) remove(id);
    return null;
  }
}

// Lists it, or shows how it is now; says whether anything has changed.
function put(export_) {
  const { id } = export_;
  if (deleted.has(id)) return false;
  const known = listed.get(id);
  if (!known) {
    const made = new Listed(export_, act);
    listed.set(id, made);
    const after = [...list.children].find((it) => isNewer(export_, listed.get(it.dataset.id).export));
    list.insertBefore(made.element, after ?? null);
    part.querySelector(".none").hidden = true;
    if (!isRunning(export_)) end(export_);
    return true;
  }
  // An answer may be overtaken.
  if (Date.parse(export_.updatedAt) < Date.parse(known.export.updatedAt)) return false;
  if (JSON.stringify(known.export) === JSON.stringify(export_)) return false;
  const wasRunning = isRunning(known.export);
  known.update(export_);
  if (wasRunning && !isRunning(export_)) {
    news.textContent = `${titleOf(export_)} as ${export_.format}: ${export_.status}.`;
    end(export_);
  }
  return true;
}

function isNewer(a, b) {
  return a.createdAt === b.createdAt ? a.id > b.id : Date.parse(a.createdAt) > Date.parse(b.createdAt);
}

function end(export_) {
  if (awaited.delete(export_.id) && export_.status === "completed") attempt(() => view(client, export_));
}

function remove(id) {
  listed.get(id)?.element.remove();
  listed.delete(id);
  if (isShown(id)) closeViewer();
  part.querySelector(".none").hidden = listed.size > 0;
}

const ACTS = {
  show: (by, export_) => view(by, export_, { isAsked: true }),
  download: async (by, { id }) => {
    const { url, fileName } = await by.download(id);
    // Whatever becomes of the link, this page stays: loading it anew signs out.
    element("a", { href: url, target: "_blank", rel: "noopener", download: fileName }).click();
  },
  cancel: async (by, { id }) => change(by, await by.cancel(id)),
  retry: async (by, { id }) => change(by, await by.retry(id)),
  delete: async (by, export_) => {
    await by.delete(export_.id);
    if (by !== client) return;
    deleted.add(export_.id);
    news.textContent = `${titleOf(export_)} as ${export_.format}: deleted.`;
    const hadFocus = listed.get(export_.id)?.element.contains(document.activeElement);
    remove(export_.id);
    if (hadFocus) part.querySelector("h2").focus();
  },
};

function change(by, export_) {
  if (by !== client) return;
  put(export_);
  poll.begin();
}

function act(name, export_) {
  return attempt(() => ACTS[name](client, export_));
}

async function attempt(what) {
  const by = client;
  output.replaceChildren();
  try {
    await what();
  } catch (error) {
    if (by === client && error.name !== "AbortError") complain(output, error);
  }
}

older.addEventListener("click", () => attempt(more));
