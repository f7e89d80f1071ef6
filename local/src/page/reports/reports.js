// The page at /reports: whose reports, and then templates and what is made of them.
import { offerSignIn } from "/_local/sign-in.js";
import { Client } from "./client.js";
import { begun, exportsAs } from "./exports.js";
import { reportsAs, showReport } from "./report.js";
import { templatesAs } from "./templates.js";

await offerSignIn(document.querySelector("#sign-in"), {
  open: (membership) => new Client(membership),
  enter: (client) => {
    reportsAs(client, begun);
    exportsAs(client);
    templatesAs(client, showReport);
  },
});
