// The second factor: an authenticator's codes, and backup codes.
import { element } from "/_local/elements.js";
import { call, signedIn } from "./api.js";
import { onSubmit, say } from "./forms.js";
import { showSessions } from "./sessions.js";

const begin = document.querySelector("#totp-begin");
const activate = document.querySelector("#totp-activate");
const replace = document.querySelector("#totp-replace");
const disable = document.querySelector("#totp-disable");
const codes = document.querySelector("#backup-codes");
const reauthenticateCode = document.querySelector("#reauthenticate [name=code]");

// Shows what can be done about it.
export function showTotp(enabled, codesLeft = 0) {
  only(...(enabled ? [replace, disable] : [begin]));
  replace.querySelector("strong").textContent = codesLeft;
  reauthenticateCode.closest("label").hidden = !enabled;
}

function only(...shown) {
  for (const part of [begin, activate, replace, disable, codes]) part.hidden = !shown.includes(part);
}

onSubmit(begin, async () => {
  const { secret, qrCode } = await call("POST", "/mfa/totp/enroll");
  document.querySelector("#totp-secret").textContent = secret;
  document.querySelector("#totp-picture").src = qrCode;
  only(activate);
  activate.elements.code.focus();
});

onSubmit(activate, async (fields) => {
  showCodes(await call("POST", "/mfa/totp/activate", fields));
  await showSessions();
});

onSubmit(replace, async () => {
  showCodes(await call("POST", "/mfa/totp/backup-codes"));
  await showSessions();
  return "The codes of before work no more.";
});

onSubmit(disable, async (fields) => {
  await call("DELETE", "/mfa/totp", fields);
  disable.reset();
  showTotp(false);
  say(begin, "The second factor is gone.");
  await showSessions();
});

function showCodes({ backupCodes }) {
  forget();
  codes.querySelector("ul").replaceChildren(...backupCodes.map((code) => element("li", {}, code)));
  showTotp(true, backupCodes.length);
  codes.hidden = false;
}

// What was shown once is shown no more.
function forget() {
  activate.reset();
  document.querySelector("#totp-secret").textContent = "";
  document.querySelector("#totp-picture").removeAttribute("src");
  codes.querySelector("ul").replaceChildren();
  codes.hidden = true;
}

codes.querySelector("button").addEventListener("click", forget);
signedIn.addEventListener("change", forget);
