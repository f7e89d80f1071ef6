// Signing up and signing in, each in its own way.
import { enter, request } from "./api.js";
import { attempt, onSubmit } from "./forms.js";
import { passkey } from "./passkeys.js";

const ON_ITS_WAY = "If there is an account with this address, a mail is on its way.";
// Of a sign-in that waits for its second factor.
let mfaToken = null;

// Shows one view and hides the others.
export function show(name) {
  for (const view of document.querySelectorAll(".view")) view.hidden = view.id !== name;
  (document.querySelector(`#${name} [data-first]`) ?? document.querySelector("main")).focus();
}

// What every way to sign in ends with: tokens, or the question for a second factor.
export function proceed(answer) {
  if (!answer.mfaRequired) return enter(answer);
  mfaToken = answer.mfaToken;
  show("challenge");
}

function form(selector, send) {
  onSubmit(document.querySelector(selector), send);
}

form("#login form", async ({ identifier, password }) => {
  const name = identifier.includes("@") ? "email" : "username";
  proceed(await request("POST", "/login", { [name]: identifier, password }));
});

form("#challenge form", async ({ code }) => {
  enter(await request("POST", "/mfa/totp/verify", { mfaToken, code }));
});

document.querySelector("#give-up").addEventListener("click", () => show("signed-out"));

document.querySelector("#passkey-sign-in").addEventListener("click", () =>
  attempt(document.querySelector("#login form"), async () => {
    proceed(await request("POST", "/webauthn/authenticate", await passkey()));
  }),
);

form("#magic form", async ({ email }) => {
  await request("POST", "/passwordless/magic-link", { email });
  return ON_ITS_WAY;
});

form("#forgot form", async ({ email }) => {
  await request("POST", "/password/forgot", { email });
  return ON_ITS_WAY;
});

form("#sign-up form", async (fields) => {
  await request("POST", "/signup/email", fields);
  return "A mail is on its way. The link in it verifies your address; then you can sign in.";
});

form("#resend", async ({ email }) => {
  await request("POST", "/signup/resend", { email });
  return "If this address waits to be verified, a mail is on its way.";
});
