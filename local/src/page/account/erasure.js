// Deleting one's own account; and the page of that, which whoever has its address may open: nobody is signed in there.
import { terms } from "/_local/elements.js";
import { call, leave, request } from "./api.js";
import { attempt, onSubmit, when } from "./forms.js";
import { show } from "./sign-in.js";

const PAGE = /^\/erasures\/([^/]+)$/;
const STATUS = { processing: "in progress", completed: "done" };
const erasure = document.querySelector("#erasure");
const receipt = document.querySelector("#receipt");
const again = erasure.querySelector("form");
let id = null;

onSubmit(document.querySelector("#erase form"), async () => {
  const begun = await call("DELETE", "/profile").catch(explain);
  leave("Your account is deleted. Keep the address of this page: the receipt will be here.");
  id = begun.id;
  history.replaceState(null, "", `/erasures/${id}`);
  fill(begun);
  show("erasure");
});

function explain(error) {
  if (error.code === "ERR_AUTH_CONFLICT") {
    error.message = "A tenant has no other admin than you. Make somebody else one first.";
  }
  throw error;
}

// Shows the page of this address, if it is one of these.
export function openErasure() {
  const [, named] = PAGE.exec(location.pathname) ?? [];
  if (!named) return false;
  id = named;
  show("erasure");
  attempt(again, look);
  return true;
}

onSubmit(again, async () => {
  await look();
  return `As of ${when(Date.now())}.`;
});

async function look() {
  fill(await request("GET", `/erasures/${id}`));
}

function fill(found) {
  const facts = terms({
    Status: STATUS[found.status],
    "Asked for": when(found.requestedAt),
    Done: found.completedAt ? when(found.completedAt) : "–",
    "Services told": found.services.join(", "),
  });
  erasure.querySelector("dl").replaceChildren(...facts);
  receipt.hidden = !found.receipt;
  receipt.querySelector("code").textContent = found.receipt ?? "";
}
