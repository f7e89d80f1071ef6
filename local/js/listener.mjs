// A client that keeps what it hears, and says how far it is when it comes back.
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';

export class Client {
  constructor(url, user, threads, transports = ['websocket']) {
    this.heard = new Map(threads.map((thread) => [thread, []]));
    this.faults = [];
    this.connections = 0;
    this.socket = io(url, {
      path: '/chat/v1/socket.io',
      auth: (say) => say({ token: user.token, lastSeq: this.lastSeq() }),
      transports,
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 500,
    });
    this.socket.on('connect', () => (this.connections += 1));
    // A refusal ends the client's own tries: the places of cut connections are free a moment later.
    this.socket.on('connect_error', () => {
      if (!this.socket.active) setTimeout(() => this.stopped || this.socket.connect(), 100);
    });
    this.socket.on('message:new', (message) => this.hear(message));
    this.socket.on('sync:gap', (gap) => this.faults.push(gap));
  }

  lastSeq() {
    return Object.fromEntries([...this.heard].map(([thread, numbers]) => [thread, numbers.length]));
  }

  hear({ threadId, seq, clientMessageId }) {
    const numbers = this.heard.get(threadId);
    if (seq !== numbers.length + 1) this.faults.push({ threadId, seq, after: numbers.length });
    numbers.push(clientMessageId);
  }

  cut() {
    this.socket.io.engine?.close();
  }

  // Says something until it is acknowledged, however often the connection is cut.
  async say(threadId, clientMessageId) {
    for (;;) {
      const message = { threadId, content: `${clientMessageId}`, clientMessageId };
      const answer = await this.socket.timeout(2_000).emitWithAck('message:send', message).catch(() => null);
      if (answer?.data) return answer.data.seq;
      await sleep(50);
    }
  }

  stop() {
    this.stopped = true;
    this.socket.disconnect();
  }
}
