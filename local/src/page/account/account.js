// Shows the part of the document that belongs to the address and to whoever is signed in.
import { call, leave, signedIn } from "./api.js";
import { openErasure } from "./erasure.js";
import { isExportPage } from "./export.js";
import { say } from "./forms.js";
import { openMailed } from "./mailed.js";
import { nameAddress } from "./passkeys.js";
import { showAccount } from "./profile.js";
import "./reauthenticate.js";
import { show } from "./sign-in.js";

const notice = document.querySelector("#notice");

signedIn.addEventListener("change", async ({ detail: { user, reason } }) => {
  for (const form of document.querySelectorAll("form")) {
    form.reset();
    say(form, "");
  }
  document.querySelector("#who").textContent = user ? user.email : "";
  document.querySelector("#sign-out").hidden = !user;
  // It would load the page anew, and that signs out.
  document.querySelector("#to-sign-in").hidden = Boolean(user);
  notice.textContent = reason ?? "";
  const alone = isExportPage();
  if (!alone) history.replaceState(null, "", user ? "/account" : "/sign-in");
  show(user ? "signed-in" : "signed-out");
  if (user) await showAccount(alone);
});

document.querySelector("#sign-out").addEventListener("click", async () => {
  try {
    await call("POST", "/logout");
    // Not back to the page of an export.
    history.replaceState(null, "", "/sign-in");
    leave("You are signed out.");
  } catch (error) {
    notice.textContent = error.message;
  }
});

nameAddress(isExportPage() ? location.pathname : "/account");
if (isExportPage()) notice.textContent = "Sign in, and your data is here.";
if (!openMailed() && !openErasure()) show("signed-out");
