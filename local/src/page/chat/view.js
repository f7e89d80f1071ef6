// How threads and messages are shown. Everything is text.
import { element } from "/_local/elements.js";

const LIKE = "👍";

export function titleOf(client, thread, nameOf) {
  const others = thread.members.filter((id) => id !== client.account.id);
  return thread.name ?? (others.map(nameOf).join(", ") || "Only you");
}

export function showThreads(list, client, current, nameOf, choose) {
  const threads = [...client.threads.values()].map((thread) => {
    const [other] = thread.members.filter((id) => id !== client.account.id);
    const status = thread.type === "direct" ? (client.presence.get(other) ?? "") : "";
    const title = element("span", { className: `dot ${status}` }, titleOf(client, thread, nameOf));
    const unread = thread.unread > 0 ? element("span", { className: "unread" }, String(thread.unread)) : null;
    const button = element("button", { type: "button", ariaCurrent: String(thread.id === current) }, title, ...(unread ? [unread] : []));
    button.addEventListener("click", () => choose(thread.id));
    return element("li", {}, button);
  });
  list.replaceChildren(...threads);
}

export function showMessages(part, client, thread, nameOf) {
  part(".thread h2").textContent = titleOf(client, thread, nameOf);
  const list = part(".messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const messages = [...thread.messages.values()].sort((one, other) => one.seq - other.seq);
  list.replaceChildren(...messages.map((message) => show(part, client, thread, message, nameOf)));
  if (atEnd) list.scrollTop = list.scrollHeight;
  const typing = [...thread.typing.keys()].map(nameOf);
  part(".typing").textContent = typing.length > 0 ? `${typing.join(", ")} types …` : "";
}

function show(part, client, thread, message, nameOf) {
  const mine = message.senderId === client.account.id;
  const readers = [...thread.reads].filter(([id, seq]) => id !== client.account.id && seq >= message.seq);
  const from = element(
    "div",
    { className: "from" },
    element("span", {}, mine ? "you" : nameOf(message.senderId)),
    element("time", {}, new Date(message.createdAt).toLocaleTimeString()),
    ...(message.editedAt ? ["edited"] : []),
    ...(mine && readers.length > 0 ? [element("span", { className: "read" }, "✓ read")] : []),
  );
  const content = element("div", { className: "content" }, message.deletedAt ? "deleted" : message.content);
  const acts = element("div", { className: "acts" });
  const act = (label, className, event, payload) => {
    const button = element("button", { type: "button", className }, label);
    button.addEventListener("click", async () => {
      const output = part(".thread output");
      output.textContent = "";
      await client.say(event, payload()).catch((error) => (output.textContent = error.message));
    });
    acts.append(button);
  };
  if (!message.deletedAt) {
    const likes = message.reactions.find((kind) => kind.emoji === LIKE);
    const liked = likes?.userIds.includes(client.account.id);
    const reaction = () => ({ messageId: message.id, emoji: LIKE });
    act(`${LIKE}${likes ? ` ${likes.count}` : ""}`, "like", liked ? "reaction:remove" : "reaction:add", reaction);
    if (mine) {
      act("Edit", "edit", "message:edit", () => ({ messageId: message.id, content: prompt("Edit", message.content) ?? message.content }));
      act("Delete", "delete", "message:delete", () => ({ messageId: message.id }));
    }
  }
  return element("li", { className: mine ? "mine" : "" }, from, content, acts);
}
