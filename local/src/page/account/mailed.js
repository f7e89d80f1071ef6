// The pages that links in mails lead to. Opening one changes nothing, since scanners of mail open links, too: a button
// redeems the token.
import { element } from "/_local/elements.js";
import { request } from "./api.js";
import { onSubmit, say } from "./forms.js";
import { proceed, show } from "./sign-in.js";

const PAGES = {
  "verify-address": (token) => done("/signup/verify", { token }, "Your address is verified."),
  "change-address": (token) => done("/profile/email/verify", { token }, "Your account has this address now."),
  "reset-password": (token, fields) => done("/password/reset", { token, ...fields }, "The new password is set."),
  "accept-invitation": (token, fields) => done("/invitations/accept", { token, ...fields }, joined),
  "magic-link": async (token) => proceed(await request("POST", "/passwordless/magic-link/verify", { token })),
};

// Shows the page of this address, if it is one of these.
export function openMailed() {
  const name = location.pathname.slice(1);
  const redeem = PAGES[name];
  if (!redeem) return false;
  const token = new URLSearchParams(location.search).get("token");
  // Not in the history, not in a screenshot, not in what somebody copies.
  history.replaceState(null, "", location.pathname);
  const form = document.querySelector(`#${name} form`);
  show(name);
  if (token) {
    onSubmit(form, async (fields) => {
      const words = await redeem(token, fields).catch(explain);
      // No password stays in the page.
      form.reset();
      return words;
    });
  } else {
    form.querySelector("button").disabled = true;
    say(form, "Open this page by the link in the mail.");
  }
  return true;
}

async function done(path, body, words) {
  const answer = await request("POST", path, body);
  const said = typeof words === "function" ? words(answer) : words;
  return element("span", {}, `${said} `, element("a", { href: "/sign-in" }, "Sign in"));
}

function joined({ existingAccount }) {
  return existingAccount
    ? "You are in, with the account that you have. Its password and names stay as they are."
    : "You are in. Your account is made.";
}

function explain(error) {
  if (error.code === "ERR_AUTH_TOKEN_INVALID") {
    error.message = "This link was used already, has expired, or was taken back. Ask for a new one.";
  }
  throw error;
}
