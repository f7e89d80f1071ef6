import { element, row } from "/_local/elements.js";

const REFRESH_MS = 2000;
const token = document.querySelector("meta[name=local-token]").content;

function mono(text) {
  return element("td", { className: "mono" }, text ?? "–");
}

// Only web addresses become links; anything else a mail may call a link stays text.
function link(address, text = address) {
  const local = address.startsWith("/");
  const web = local || ["http:", "https:"].includes(URL.parse(address)?.protocol);
  return web ? element("a", { href: address, target: local ? "" : "_blank", rel: "noopener noreferrer" }, text) : text;
}

function show(section, children) {
  document.querySelector(section).replaceChildren(...children);
}

function time(at) {
  return new Date(at).toLocaleTimeString();
}

const parts = {
  services: (services) =>
    show(
      "#services .cards",
      services.map((service) =>
        element("div", { className: "card" },
          element("strong", {}, service.title),
          element("code", {}, service.basePath),
          link(service.docs, "docs"), link(service.openapi, "OpenAPI"), link(service.health, "health")),
      ),
    ),

  accounts: (accounts) =>
    show(
      "#accounts tbody",
      accounts.map((account) =>
        row(
          mono(account.email),
          mono(account.username),
          mono(account.password),
          account.roles.join(", "),
          element("td", {}, ...account.tenants.map((tenant) =>
            element("div", {}, `${tenant.name}, ${tenant.planTier} `, element("code", { className: "quiet" }, tenant.id)))),
          account.mfa && element("td", { title: `secret ${account.mfa.secret}` },
            element("span", { className: "code" }, account.mfa.code),
            element("span", { className: "quiet" }, ` ${account.mfa.secondsLeft} s`)),
        ),
      ),
    ),

  outbox: (messages) => {
    document.querySelector("#outbox .none").hidden = messages.length > 0;
    const list = document.querySelector("#outbox .messages");
    const known = new Set([...list.children].map((shown) => shown.dataset.id));
    // What is there stays, so that an opened message is not closed by a refresh.
    const fresh = messages.filter((message) => !known.has(message.id));
    list.prepend(
      ...fresh.map((message) => {
        const details = element("details", {},
          element("summary", {},
            element("span", { className: "quiet" }, message.channel),
            element("span", {}, message.to),
            element("strong", {}, message.subject || (message.text ?? "").slice(0, 80)),
            element("time", {}, time(message.at))),
          element("ul", {}, ...message.links.map((address) => element("li", {}, link(address)))),
          message.text && element("pre", {}, message.text),
          // In a frame of its own, in which nothing runs; loaded when it is first looked at.
          message.html && element("iframe", { sandbox: "allow-popups allow-popups-to-escape-sandbox", title: message.subject }));
        const frame = details.querySelector("iframe");
        details.addEventListener("toggle", () => {
          if (frame && !frame.src) frame.src = `/_local/outbox/${encodeURIComponent(message.id)}`;
        });
        details.dataset.id = message.id;
        details.dataset.channel = message.channel;
        return details;
      }),
    );
    filter();
  },

  queues: (queues) => {
    document.querySelector("#queues .none").hidden = queues.length > 0;
    document.querySelector("#queues table").hidden = queues.length === 0;
    show(
      "#queues tbody",
      queues.map((queue) =>
        row(mono(queue.name), queue.depth, queue.inFlight, queue.delayed,
          element("td", { className: queue.deadLetters > 0 ? "bad" : "" }, queue.deadLetters, " ",
            queue.deadLetters > 0 ? element("button", { onclick: () => redrive(queue) }, "Redrive") : null)),
      ),
    );
  },

  timers: (timers) =>
    show(
      "#timers tbody",
      timers.map((timer) =>
        row(
          timer.name,
          mono(timer.function),
          mono(timer.expression),
          timer.last && element("td", { className: timer.last.error ? "bad" : "" }, time(timer.last.at), timer.last.error ? `: ${timer.last.error}` : ""),
          element("button", { onclick: () => fire(timer) }, "Fire now"),
        ),
      ),
    ),
};

// Shows the messages of the chosen channel, or all of them.
function filter() {
  const chosen = document.querySelector("#channel").value;
  for (const message of document.querySelector("#outbox .messages").children) {
    message.hidden = chosen !== "" && message.dataset.channel !== chosen;
  }
}

async function redrive(queue) {
  const path = `/_local/queues/${encodeURIComponent(queue.name)}/redrive`;
  await fetch(path, { method: "POST", headers: { "x-local-token": token } });
  await refresh();
}

async function fire(timer) {
  const path = [timer.function, timer.name].map(encodeURIComponent).join("/");
  await fetch(`/_local/timers/${path}`, { method: "POST", headers: { "x-local-token": token } });
  await refresh();
}

async function refresh() {
  const state = document.querySelector("#state");
  try {
    await Promise.all(
      Object.entries(parts).map(async ([name, render]) => {
        const response = await fetch(`/_local/${name}`);
        if (!response.ok) throw new Error(`${name}: ${response.status}`);
        render(await response.json());
      }),
    );
    state.textContent = "";
  } catch (error) {
    state.textContent = `The platform does not answer (${error.message})`;
  }
}

document.querySelector("#channel").addEventListener("change", filter);
// The next refresh waits for the end of this one.
async function keepFresh() {
  if (!document.hidden) await refresh();
  setTimeout(keepFresh, REFRESH_MS);
}

keepFresh();
