// What somebody who is signed in sees: who he is, and his password, beside what other files show.
import { element } from "/_local/elements.js";
import { call } from "./api.js";
import { attempt, onSubmit, when } from "./forms.js";
import { showPasskeys } from "./passkeys.js";
import { showSessions } from "./sessions.js";
import { showTotp } from "./totp.js";

const profile = document.querySelector("#profile");
const password = document.querySelector("#password form");

// Fills everything in.
export async function showAccount() {
  await Promise.all([attempt(profile.querySelector("form"), showProfile), showSessions(), showPasskeys()]);
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
