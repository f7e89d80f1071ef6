// What somebody who is signed in sees first: who he is, his sessions, his password.
import { element, row } from "/_local/elements.js";
import { call } from "./api.js";
import { attempt, onSubmit } from "./forms.js";
import { showPasskeys } from "./passkeys.js";
import { showTotp } from "./totp.js";

const profile = document.querySelector("#profile");
const sessions = document.querySelector("#sessions");
const password = document.querySelector("#password form");

// Fills everything in.
export async function showAccount() {
  await Promise.all([attempt(profile.querySelector("form"), showProfile), attempt(sessions, showSessions), showPasskeys()]);
}

async function showProfile() {
  const account = await call("GET", "/profile");
  fill(account);
  showTotp(account.mfaEnabled);
}

function fill(account) {
  const facts = {
    Name: account.displayName,
    "E-mail": account.email,
    Username: account.username ?? "–",
    Roles: account.roles.join(", "),
    Tenant: `${account.tenantId}, ${account.planTier}`,
    Since: when(account.createdAt),
  };
  const terms = Object.entries(facts).flatMap(([term, fact]) => [element("dt", {}, term), element("dd", {}, fact)]);
  profile.querySelector("dl").replaceChildren(...terms);
  for (const input of profile.querySelectorAll("input")) input.value = account[input.name] ?? "";
  // For password managers.
  password.elements.account.value = account.email;
}

onSubmit(profile.querySelector("form"), async () => {
  // A field that was emptied is null, since one that is left out stays.
  const fields = [...profile.querySelectorAll("input")].map((input) => [input.name, input.value || null]);
  fill(await call("PATCH", "/profile", Object.fromEntries(fields)));
  return "Saved.";
});

onSubmit(password, async ({ currentPassword, newPassword }) => {
  await call("PUT", "/password", { currentPassword, newPassword });
  password.reset();
  await showSessions();
  return "The password is changed.";
});

async function showSessions() {
  const found = await call("GET", "/sessions?limit=100");
  const rows = found.map((it) => {
    const end = element("button", { type: "button", onclick: () => attempt(sessions, () => endThese([it])) }, "End");
    return row(it.device, it.address, when(it.createdAt), when(it.lastUsedAt), it.current ? "this one" : end);
  });
  sessions.querySelector("tbody").replaceChildren(...rows);
  const others = found.filter((it) => !it.current);
  const endOthers = sessions.querySelector(".buttons button");
  endOthers.hidden = others.length === 0;
  endOthers.onclick = () => attempt(sessions, () => endThese(others));
}

async function endThese(ended) {
  for (const { id } of ended) await call("DELETE", `/sessions/${encodeURIComponent(id)}`);
  await showSessions();
  return ended.length === 1 ? "The session has ended." : "The other sessions have ended.";
}

function when(at) {
  return new Date(at).toLocaleString();
}
