// One export in the list: how far it is, its file, and what can be done with it.
import { element } from "/_local/elements.js";
import { count, size, when } from "./texts.js";

const STATUS = {
  queued: "waiting",
  collecting: "reading rows",
  rendering: "writing the file",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
  expired: "expired, its file is gone",
};
const RUNNING = new Set(["queued", "collecting", "rendering"]);
// Letters of the digest that are shown.
const SHORT = 12;

export function isRunning({ status }) {
  return RUNNING.has(status);
}

export function titleOf({ title, dataset }) {
  return title ?? dataset;
}

// What somebody can do with it, by its state.
const ACTS = {
  show: { label: "Show", isOffered: ({ status, format }) => status === "completed" && format === "pdf" },
  download: { label: "Download", isOffered: ({ status }) => status === "completed" },
  cancel: { label: "Cancel", isOffered: isRunning },
  retry: { label: "Try again", isOffered: ({ status }) => status === "failed" },
  delete: { label: "Delete", isOffered: () => true },
};

// The same elements for as long as it is listed: whoever is at a button stays there.
export class Listed {
  #progress = element("progress", { max: 100 });
  #far = element("span", { className: "far" });
  #bar = element("div", { className: "progress" }, this.#progress, this.#far);
  #status = element("span", {});
  #facts = element("p", { className: "facts" });
  #failure = element("p", { className: "failure" });
  #buttons = new Map();

  // `act` does what a button says, with the export as it is then.
  constructor(first, act) {
    const title = titleOf(first);
    const buttons = Object.entries(ACTS).map(([name, { label }]) => {
      const button = element("button", { type: "button", className: name, ariaLabel: `${label}: ${title}, ${first.format}` }, label);
      button.addEventListener("click", () => this.#do(name, act));
      this.#buttons.set(name, button);
      return button;
    });
    const format = element("span", { className: "format" }, first.format);
    this.#progress.ariaLabel = `${title}, ${first.format}`;
    this.element = element(
      "li",
      { className: "export" },
      element("h3", { tabIndex: -1 }, element("span", { className: "title" }, title), format, this.#status),
      this.#bar,
      this.#facts,
      this.#failure,
      element("div", { className: "buttons" }, ...buttons),
    );
    this.element.dataset.id = first.id;
    this.update(first);
  }

  update(export_) {
    this.export = export_;
    const { status, progress, rows, failure } = export_;
    this.element.dataset.status = status;
    this.#status.className = `status ${status}`;
    this.#status.textContent = STATUS[status] ?? status;
    this.#progress.value = progress;
    this.#far.textContent = `${progress} %, ${count(rows, "row")}`;
    this.#bar.hidden = !isRunning(export_);
    this.#facts.replaceChildren(...factsOf(export_).map((fact) => element("span", {}, fact)));
    this.#failure.hidden = !failure;
    this.#failure.replaceChildren(...(failure ? [`${failure.message} `, element("code", {}, failure.code)] : []));
    const at = document.activeElement;
    for (const [name, button] of this.#buttons) button.hidden = !ACTS[name].isOffered(export_);
    if (at?.hidden && this.element.contains(at)) this.element.querySelector("h3").focus();
  }

  // A button is not pressed twice.
  async #do(name, act) {
    const button = this.#buttons.get(name);
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    await act(name, this.export);
    button.ariaDisabled = null;
  }
}

function factsOf(export_) {
  const { rows, bytes, sha256, attempt, createdAt, expiresAt, status } = export_;
  const facts = [];
  if (bytes !== undefined) {
    const digest = element("code", { title: sha256 }, sha256.slice(0, SHORT));
    facts.push(count(rows, "row"), size(bytes), element("span", { className: "sha256" }, "sha256 ", digest));
  }
  facts.push(`asked for ${when(createdAt)}`);
  if (attempt > 1) facts.push(`try no. ${attempt}`);
  if (status === "completed" && expiresAt) facts.push(`there until ${when(expiresAt)}`);
  return facts;
}
