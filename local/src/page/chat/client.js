// One account's connection to chat, and what it knows: threads, their messages by number, who has read what, who is here.
import { io } from "./socket.io.esm.min.js";

// Messages that are read of a thread when it is opened.
const PAGE = 100;
// How long somebody is said to type who does not say that he has stopped, in milliseconds.
const TYPING = 6000;

export class Client extends EventTarget {
  threads = new Map();
  presence = new Map();

  constructor(account) {
    super();
    this.account = account;
  }

  async signIn() {
    const { email, password } = this.account;
    this.tokens = await this.request("POST", "/auth/v1/login", { email, password }, null);
    for (const thread of await this.request("GET", "/chat/v1/threads?limit=100")) this.keep(thread);
    this.connect();
  }

  async request(method, path, body, token = this.tokens.accessToken) {
    const headers = { "content-type": "application/json" };
    if (token) headers.authorization = `Bearer ${token}`;
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    const { data, error } = await response.json();
    if (error) throw new Error(`${error.message} (${error.code})`);
    return data;
  }

  connect() {
    this.socket = io({
      path: "/chat/v1/socket.io",
      transports: ["websocket"],
      forceNew: true,
      // Anew with each connection: what was missed meanwhile comes first.
      auth: (say) => say({ token: this.tokens.accessToken, lastSeq: this.lastSeq() }),
    });
    const { socket } = this;
    for (const event of ["connect", "disconnect", "connect_error"]) socket.on(event, () => this.tell());
    // A token that has ended meanwhile: with a new one it goes on.
    socket.on("connect_error", (error) => socket.active || this.renew(error).then(() => socket.connect(), () => {}));
    socket.on("auth:expiring", () => this.renew().then(() => socket.emitWithAck("auth:refresh", { token: this.tokens.accessToken })));
    socket.on("message:new", (message) => this.hear(message));
    for (const event of ["message:updated", "message:deleted"]) socket.on(event, (message) => this.hear(message));
    for (const event of ["reaction:added", "reaction:removed"]) socket.on(event, (reaction) => this.react(event, reaction));
    socket.on("message:read", ({ threadId, userId, seq }) => this.change(threadId, ({ reads }) => reads.set(userId, seq)));
    socket.on("typing:start", ({ threadId, userId }) => this.types(threadId, userId, true));
    socket.on("typing:stop", ({ threadId, userId }) => this.types(threadId, userId, false));
    socket.on("presence:update", ({ userId, status }) => this.is(userId, status));
    socket.on("thread:created", (thread) => this.keep(thread));
    socket.on("member:removed", ({ threadId, userId }) => userId === this.account.id && this.forget(threadId));
  }

  async renew(error) {
    if (error && error.message !== "ERR_CHAT_TOKEN_EXPIRED") throw error;
    this.tokens = await this.request("POST", "/auth/v1/refresh", { refreshToken: this.tokens.refreshToken }, null);
  }

  lastSeq() {
    return Object.fromEntries([...this.threads].map(([id, { last }]) => [id, last]));
  }

  // Says something to the server; what it refuses is thrown.
  async say(event, payload) {
    const { data, error } = await this.socket.timeout(10_000).emitWithAck(event, payload);
    if (error) throw new Error(`${error.message} (${error.code})`);
    return data;
  }

  async open(id) {
    const thread = this.threads.get(id);
    if (!thread.loaded) {
      thread.loaded = true;
      for (const message of await this.request("GET", `/chat/v1/threads/${id}/messages?limit=${PAGE}`)) {
        thread.messages.set(message.seq, message);
      }
    }
    const others = thread.members.filter((member) => member !== this.account.id);
    if (others.length > 0) {
      const { presence } = await this.say("presence:query", { userIds: others.slice(0, 50) });
      for (const { userId, status } of presence) this.presence.set(userId, status);
    }
    await this.read(id);
    this.tell();
  }

  async read(id) {
    const thread = this.threads.get(id);
    if (thread.unread === 0) return;
    thread.unread = 0;
    await this.say("message:read", { threadId: id });
  }

  keep(thread) {
    const { id, name, type, lastSeq, unread } = thread;
    const members = thread.members.map((member) => member.userId);
    const known = this.threads.get(id);
    const state = { messages: new Map(), reads: new Map(), typing: new Map(), last: lastSeq, loaded: false };
    this.threads.set(id, { ...state, ...known, id, name, type, members, unread });
    this.tell();
  }

  forget(id) {
    this.threads.delete(id);
    this.tell();
  }

  hear(message) {
    this.change(message.threadId, (thread) => {
      const known = thread.messages.get(message.seq);
      // Of two that cross on their way, the one with the greater version is how it is.
      if (!known || known.version <= message.version) thread.messages.set(message.seq, message);
      if (message.seq <= thread.last) return;
      thread.last = message.seq;
      thread.typing.delete(message.senderId);
      if (message.senderId !== this.account.id) thread.unread += 1;
    });
  }

  react(event, { threadId, messageId, userId, emoji }) {
    this.change(threadId, ({ messages }) => {
      const message = [...messages.values()].find((it) => it.id === messageId);
      if (!message) return;
      const kinds = new Map(message.reactions.map((kind) => [kind.emoji, new Set(kind.userIds)]));
      const users = kinds.get(emoji) ?? new Set();
      if (event === "reaction:added") users.add(userId);
      else users.delete(userId);
      kinds.set(emoji, users);
      const left = [...kinds].filter(([, users]) => users.size > 0);
      message.reactions = left.map(([emoji, users]) => ({ emoji, count: users.size, userIds: [...users] }));
    });
  }

  types(threadId, userId, typing) {
    this.change(threadId, (thread) => {
      clearTimeout(thread.typing.get(userId));
      thread.typing.delete(userId);
      if (typing) thread.typing.set(userId, setTimeout(() => this.types(threadId, userId, false), TYPING));
    });
  }

  is(userId, status) {
    this.presence.set(userId, status);
    this.tell();
  }

  change(threadId, act) {
    const thread = this.threads.get(threadId);
    if (!thread) return;
    act(thread);
    this.tell();
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }
}
