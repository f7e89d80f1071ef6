// One's own sessions: where one is signed in, and ending that.
import { element, row } from "/_local/elements.js";
import { call } from "./api.js";
import { attempt, when } from "./forms.js";

const sessions = document.querySelector("#sessions");

// Shows them; also after what ends others, as a new password does.
export function showSessions() {
  return attempt(sessions, list);
}

async function list() {
  const found = await call("GET", "/sessions?limit=100");
  const rows = found.map((it) => {
    const end = element("button", { type: "button", onclick: () => attempt(sessions, () => endThese([it])) }, "End");
    return row(it.device, it.address, when(it.createdAt), when(it.lastUsedAt), it.current ? "this one" : end);
  });
  sessions.querySelector("tbody").replaceChildren(...rows);
  const others = found.filter((it) => !it.current);
  const endOthers = sessions.querySelector(".buttons button");
  endOthers.hidden = others.length === 0;
  endOthers.onclick = () => attempt(sessions, () => endThese(others));
}

async function endThese(ended) {
  for (const { id } of ended) await call("DELETE", `/sessions/${encodeURIComponent(id)}`);
  await list();
  return ended.length === 1 ? "The session has ended." : "The other sessions have ended.";
}
