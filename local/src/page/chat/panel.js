// One account's part of the page.
import { Client } from "./client.js";
import { showMessages, showThreads } from "./view.js";

// Typing is said once in so many milliseconds, and its end after as long without a key.
const TYPED = 3000;

export function openPanel(accounts, first) {
  const panel = document.querySelector("template").content.firstElementChild.cloneNode(true);
  const part = (name) => panel.querySelector(name);
  const names = new Map(accounts.map(({ id, email }) => [id, email]));
  const signIn = part(".sign-in");
  signIn.account.append(...accounts.map(({ email }) => new Option(email, email, false, email === first)));
  onSubmit(signIn, async () => {
    const account = accounts.find(({ email }) => email === signIn.account.value);
    const client = new Client(account);
    await client.signIn();
    start(part, client, accounts, (id) => names.get(id) ?? id.slice(-6));
    signIn.hidden = true;
    part(".client").hidden = false;
  });
  return panel;
}

function start(part, client, accounts, nameOf) {
  let current = null;
  const own = client.account;
  part(".me").textContent = own.email;
  const neighbours = accounts.filter((it) => it.id !== own.id && it.tenants[0].id === own.tenants[0].id);
  part(".new-thread").with.append(...neighbours.map(({ email, id }) => new Option(email, id)));

  const choose = async (id) => {
    current = id;
    await client.open(id);
  };
  const show = () => {
    const live = client.socket?.connected ?? false;
    part(".link").textContent = live ? "connected" : "not connected";
    part(".link").classList.toggle("live", live);
    if (!client.threads.has(current)) current = null;
    showThreads(part(".threads"), client, current, nameOf, choose);
    const thread = client.threads.get(current);
    part(".thread").hidden = !thread;
    if (!thread) return;
    if (document.visibilityState === "visible" && live) client.read(current).catch(() => {});
    showMessages(part, client, thread, nameOf);
  };
  client.addEventListener("change", show);

  onSubmit(part(".new-thread"), async (form) => {
    const thread = await client.request("POST", "/chat/v1/threads", { type: "direct", memberIds: [form.with.value] });
    client.keep(thread);
    await choose(thread.id);
  }, part(".sign-in output"));
  const compose = part(".compose");
  let typed = 0;
  let silence = null;
  const types = (event) => client.socket.connected && client.socket.emit(event, { threadId: current });
  const stop = () => {
    clearTimeout(silence);
    typed = 0;
    types("typing:stop");
  };
  compose.content.addEventListener("input", () => {
    clearTimeout(silence);
    silence = setTimeout(stop, TYPED);
    if (Date.now() - typed < TYPED) return;
    typed = Date.now();
    types("typing:start");
  });
  onSubmit(compose, async () => {
    const content = compose.content.value;
    // With an id of its own, so that it is stored once however often it is sent.
    const message = { threadId: current, content, clientMessageId: crypto.randomUUID() };
    await client.say("message:send", message).catch(() => client.say("message:send", message));
    compose.content.value = "";
    stop();
  }, part(".thread output"));
  // As a network does: the client comes back by itself.
  part(".cut").addEventListener("click", () => client.socket.io.engine.close());
  show();
}

function onSubmit(form, act, output = form.querySelector("output")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    output.textContent = "";
    try {
      await act(form);
    } catch (error) {
      output.textContent = error.message;
    }
  });
}
