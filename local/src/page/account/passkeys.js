// Passkeys (WebAuthn): the API makes the options and checks the answer, the browser does the rest.
import { element, row } from "/_local/elements.js";
import { call, request } from "./api.js";
import { attempt, onSubmit, when } from "./forms.js";
import { showSessions } from "./sessions.js";

const section = document.querySelector("#passkeys");
const form = section.querySelector("form");

// Has the browser answer with a passkey, any that it has for this site.
export async function passkey() {
  const { ceremonyId, publicKey } = await request("POST", "/webauthn/authenticate/options", {});
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
  const credential = await navigator.credentials.get({ publicKey: options });
  return { ceremonyId, credential: credential.toJSON() };
}

onSubmit(form, async ({ name }) => {
  const { ceremonyId, publicKey } = await call("POST", "/webauthn/register/options");
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
  const credential = await navigator.credentials.create({ publicKey: options });
  await call("POST", "/webauthn/register", { ceremonyId, credential: credential.toJSON(), name });
  form.reset();
  await Promise.all([list(), showSessions()]);
  return "The passkey is added.";
});

// Shows one's own.
export function showPasskeys() {
  return attempt(form, list);
}

async function list() {
  const found = await call("GET", "/webauthn/credentials");
  const rows = found.map((it) =>
    row(it.name, when(it.createdAt), it.lastUsedAt && when(it.lastUsedAt),
      element("button", { type: "button", onclick: () => attempt(form, () => remove(it)) }, "Delete")),
  );
  section.querySelector("tbody").replaceChildren(...rows);
  section.querySelector("table").hidden = rows.length === 0;
}

async function remove({ id }) {
  await call("DELETE", `/webauthn/credentials/${encodeURIComponent(id)}`);
  await Promise.all([list(), showSessions()]);
  return "The passkey is deleted.";
}

// A passkey belongs to a domain, which an IP address is not: says where this page has a name.
export function nameAddress(path) {
  if (location.hostname !== "127.0.0.1") return;
  const named = new URL(path, location);
  named.hostname = "localhost";
  const hint = document.querySelector("#by-name");
  hint.querySelector("a").href = named;
  hint.hidden = false;
}
