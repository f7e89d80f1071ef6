// The page at /search: who searches, and then the search.
import { offerSignIn } from "/_local/sign-in.js";
import { Client } from "./client.js";
import { searchAs } from "./finder.js";

await offerSignIn(document.querySelector("#sign-in"), {
  open: (membership) => new Client(membership),
  enter: (client) => {
    searchAs(client);
    document.querySelector("#query input").focus();
  },
});
