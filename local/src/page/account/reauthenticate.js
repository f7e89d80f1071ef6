// The question that is asked when the API wants a fresh sign-in.
import { call, reauthenticateBy, signedIn } from "./api.js";
import { attempt, onSubmit, say } from "./forms.js";
import { passkey } from "./passkeys.js";

const FRESH = "fresh";
const dialog = document.querySelector("#reauthenticate");
const form = dialog.querySelector("form");

reauthenticateBy(() => {
  form.reset();
  say(form, "");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === FRESH), { once: true });
  });
});

async function answer(proof) {
  await call("POST", "/reauthenticate", proof);
  dialog.close(FRESH);
}

signedIn.addEventListener("change", () => dialog.close());
onSubmit(form, answer);
dialog.querySelector("#reauthenticate-passkey").addEventListener("click", () => attempt(form, async () => answer(await passkey())));
dialog.querySelector("#reauthenticate-cancel").addEventListener("click", () => dialog.close());
