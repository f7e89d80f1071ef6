// What somebody who is signed in sees: who he is, his address and his password, beside what other files show.
import { terms } from "/_local/elements.js";
import { call } from "./api.js";
import { showExport } from "./export.js";
import { attempt, onSubmit, when } from "./forms.js";
import { showPasskeys } from "./passkeys.js";
import { showSessions } from "./sessions.js";
import { showTotp } from "./totp.js";

const profile = document.querySelector("#profile");
const address = document.querySelector("#address form");
const password = document.querySelector("#password form");

// Fills everything in, or the export alone, with what the question for a fresh sign-in needs to know.
export async function showAccount(alone) {
  for (const part of document.querySelectorAll("#signed-in > section")) part.hidden = alone && part.id !== "export";
  const filled = [attempt(profile.querySelector("form"), showProfile), showExport(alone)];
  if (!alone) filled.push(showSessions(), showPasskeys());
  await Promise.all(filled);
}

async function showProfile() {
  const account = await call("GET", "/profile");
  fill(account);
  showTotp(account.mfaEnabled, account.backupCodesLeft);
}

function fill(account) {
  const facts = terms({
    Name: account.displayName,
    "E-mail": account.email,
    Username: account.username ?? "–",
    Roles: account.roles.join(", "),
    Tenant: `${account.tenantId}, ${account.planTier}`,
    Since: when(account.createdAt),
  });
  profile.querySelector("dl").replaceChildren(...facts);
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

onSubmit(address, async ({ email }) => {
  await call("POST", "/profile/email", { email });
  address.reset();
  return `A mail is on its way to ${email}. The link in it makes it your address.`;
});

onSubmit(password, async ({ currentPassword, newPassword }) => {
  await call("PUT", "/password", { currentPassword, newPassword });
  password.reset();
  await showSessions();
  return "The password is changed.";
});
