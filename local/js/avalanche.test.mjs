// 2000 of the official clients who come back at once: all are back, and have what they missed, in order and once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { people } from './crowd.mjs';
import { Client } from './listener.mjs';
import { Platform } from './platform.mjs';

const USERS = 100;
// As many as a user may have.
const CLIENTS_EACH = 20;
const MISSED = 10;
const MOST_ADDED = 47;
const BACK_WITHIN = 120_000;

describe('2000 clients come back at once', () => {
  let platform;
  let users;
  let thread;
  let clients;

  before(async () => {
    platform = await Platform.start();
    users = await people(platform, USERS);
    const [owner, ...others] = users;
    const ids = others.map((user) => user.id);
    const group = { type: 'group', memberIds: ids.splice(0, MOST_ADDED) };
    thread = (await platform.post('/chat/v1/threads', group, owner.token)).id;
    while (ids.length > 0) {
      await platform.post(`/chat/v1/threads/${thread}/members`, { userIds: ids.splice(0, MOST_ADDED) }, owner.token);
    }
    clients = [];
    for (const user of users) {
      const newcomers = Array.from({ length: CLIENTS_EACH }, () => new Client(platform.url, user, [thread]));
      clients.push(...newcomers);
      await until(() => newcomers.every((client) => client.connections === 1));
    }
  });

  after(async () => {
    clients?.forEach((client) => client.stop());
    await platform?.end();
  });

  async function until(holds) {
    const deadline = Date.now() + BACK_WITHIN;
    while (!holds()) {
      assert.ok(Date.now() < deadline, 'in time');
      await sleep(20);
    }
  }

  async function avalanche(what, fall) {
    const before = clients.map((client) => client.connections);
    const heard = clients[0].heard.get(thread).length;
    await fall();
    const began = Date.now();
    for (let number = 0; number < MISSED; number += 1) {
      const body = { threadId: thread, content: 'x', clientMessageId: `${what}-${number}` };
      await platform.post('/chat/v1/messages', body, users[number].token);
    }
    await until(() => clients.every((client, index) => client.connections > before[index]));
    const back = Date.now() - began;
    await until(() => clients.every((client) => client.heard.get(thread).length === heard + MISSED));
    console.log(`# ${clients.length} clients, ${what}: all back after ${back} ms, and synced after ${Date.now() - began} ms`);
    assert.deepEqual(clients.flatMap((client) => client.faults), []);
    const expected = clients[0].heard.get(thread);
    for (const client of clients) assert.deepEqual(client.heard.get(thread), expected);
    assert.equal(new Set(expected).size, expected.length);
  }

  test('after their connections were cut', () => avalanche('cut', async () => clients.forEach((client) => client.cut())));

  test('after the server was killed', () =>
    avalanche('killed', async () => {
      await platform.kill();
      await platform.run();
    }));
});
