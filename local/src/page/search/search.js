// Signs in as one of the accounts that a local platform begins with, at one of its tenants.
import { Client } from "./client.js";
import { searchAs } from "./finder.js";

const accounts = await (await fetch("/_local/accounts")).json();
// Who needs a second factor signs in elsewhere.
const usable = accounts.filter((account) => !account.mfa);
const memberships = usable.flatMap((account) => account.tenants.map((tenant) => ({ account, tenant })));
const nameOf = ({ account, tenant }) => `${account.email}, ${tenant.name}`;

const form = document.querySelector("#sign-in");
form.membership.append(
  ...memberships.map((membership, at) => {
    const first = membership.account.email === "admin@eventzr.com" && membership.account.tenants[0] === membership.tenant;
    return new Option(nameOf(membership), at, first, first);
  }),
);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const output = form.querySelector("output");
  output.textContent = "";
  const membership = memberships[form.membership.value];
  const client = new Client(membership);
  try {
    await client.signIn();
  } catch (error) {
    output.textContent = `${error.message} (${error.code ?? error.name})`;
    return;
  }
  form.querySelector(".me").textContent = `You are ${nameOf(membership)}.`;
  document.querySelector("main").hidden = false;
  searchAs(client);
  document.querySelector("#query input").focus();
});
