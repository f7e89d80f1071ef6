// Two accounts side by side, each as if in a browser of its own.
import { openPanel } from "./panel.js";

const accounts = await (await fetch("/_local/accounts")).json();
// Who needs a second factor signs in elsewhere.
const usable = accounts.filter((account) => !account.mfa);
const main = document.querySelector("main");
for (const first of ["user@eventzr.com", "organizer@eventzr.com"]) {
  main.append(openPanel(usable, first));
}
