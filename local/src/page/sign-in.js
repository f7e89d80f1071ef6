// Signs in as one of the accounts that a local platform begins with, at one of its tenants.

const nameOf = ({ account, tenant }) => `${account.email}, ${tenant.name}`;

// Has the form offer them. Whoever is signed in is handed over: `open` makes a session of an account and a tenant, `enter`
// goes on with it.
export async function offerSignIn(form, { open, enter }) {
  const accounts = await (await fetch("/_local/accounts")).json();
  // Who needs a second factor signs in elsewhere.
  const usable = accounts.filter((account) => !account.mfa);
  const memberships = usable.flatMap((account) => account.tenants.map((tenant) => ({ account, tenant })));
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
    const session = open(membership);
    try {
      await session.signIn();
    } catch (error) {
      output.textContent = `${error.message} (${error.code ?? error.name})`;
      return;
    }
    form.querySelector(".me").textContent = `You are ${nameOf(membership)}.`;
    document.querySelector("main").hidden = false;
    enter(session);
  });
}
