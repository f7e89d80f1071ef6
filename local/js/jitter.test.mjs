// 200 of the official clients whose connections are cut every few seconds, while 20 of them write; and the same with a
// server that is killed in between. Every client ends with every message of its threads, once and in order.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { Platform } from './platform.mjs';

const USERS = 20;
const CLIENTS_EACH = 10;
const WRITING = 12_000;
const PAUSE_OF_WRITER = 300;
const CUT_WITHIN = 3_000;
const SETTLED_WITHIN = 60_000;
const SEEDED = ['user', 'partner', 'organizer', 'admin'].map((name) => `${name}@eventzr.com`);

// A client that keeps what it hears, and says how far it is when it comes back.
class Client {
  constructor(platform, user, threads) {
    this.heard = new Map(threads.map((thread) => [thread, []]));
    this.faults = [];
    this.connections = 0;
    this.socket = io(platform.url, {
      path: '/chat/v1/socket.io',
      auth: (say) => say({ token: user.token, lastSeq: this.lastSeq() }),
      transports: ['websocket'],
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

describe('nothing is lost and nothing is heard twice', () => {
  let platform;
  let users;

  before(async () => {
    platform = await Platform.start();
    const seeded = SEEDED.map((email) => platform.signIn(email, 'Password123!'));
    users = await Promise.all(seeded);
    for (let number = users.length; number < USERS; number += 1) {
      users.push(await platform.signUp(`writer${number}@example.com`, 'correct horse battery staple'));
    }
  });

  after(() => platform.end());

  async function scenario(disturb) {
    const [owner, ...others] = users;
    const ids = others.map((user) => user.id);
    const makeThread = async (memberIds) =>
      (await platform.post('/chat/v1/threads', { type: 'group', memberIds }, owner.token)).id;
    const [everybodys, some] = [await makeThread(ids), await makeThread(ids.slice(0, 9))];
    const clients = users.flatMap((user, index) => {
      const threads = index < 10 ? [everybodys, some] : [everybodys];
      return Array.from({ length: CLIENTS_EACH }, () => new Client(platform, user, threads));
    });
    let cutting = true;
    const cuts = clients.map(async (client) => {
      while (cutting) {
        await sleep(500 + Math.random() * CUT_WITHIN);
        if (cutting) client.cut();
      }
    });
    const end = Date.now() + WRITING;
    const acknowledged = [];
    const writers = clients.filter((_, index) => index % CLIENTS_EACH === 0);
    const writing = writers.map(async (client, index) => {
      for (let number = 0; Date.now() < end; number += 1) {
        const thread = client.heard.has(some) && number % 3 === 0 ? some : everybodys;
        const id = `${index}-${number}`;
        acknowledged.push([thread, await client.say(thread, id), id]);
        await sleep(Math.random() * 2 * PAUSE_OF_WRITER);
      }
    });
    await disturb();
    await Promise.all(writing);
    cutting = false;
    await Promise.all(cuts);

    const whole = new Map([everybodys, some].map((thread) => [thread, []]));
    for (const [thread, seq, id] of acknowledged) whole.get(thread)[seq - 1] = id;
    const missing = () => clients.filter((client) => [...client.heard].some(([thread, it]) => it.length < whole.get(thread).length));
    const deadline = Date.now() + SETTLED_WITHIN;
    while (missing().length > 0 && Date.now() < deadline) await sleep(100);
    clients.forEach((client) => client.stop());

    let deliveries = 0;
    for (const [thread, ids] of whole) {
      assert.equal(ids.filter(Boolean).length, ids.length, `acknowledged numbers of ${thread} have gaps`);
      assert.equal(new Set(ids).size, ids.length, 'no message is stored twice');
      for (const client of clients.filter((client) => client.heard.has(thread))) {
        assert.deepEqual(client.faults, []);
        assert.deepEqual(client.heard.get(thread), ids);
        deliveries += ids.length;
      }
    }
    const connections = clients.reduce((sum, client) => sum + client.connections, 0);
    assert.ok(connections > 2 * clients.length, `${connections} connections`);
    console.log(`# ${clients.length} clients, ${connections} connections, ${acknowledged.length} messages, ${deliveries} deliveries`);
  }

  test('connections that are cut every few seconds', () => scenario(async () => {}));

  test('a server that is killed while they write', () =>
    scenario(async () => {
      await sleep(WRITING / 3);
      await platform.kill();
      await sleep(300);
      await platform.run();
    }));
});
