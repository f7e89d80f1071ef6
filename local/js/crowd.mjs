// A crowd that converses while its connections, or what it is connected to, are disturbed. Every client ends with every
// message of its threads, once and in order.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './listener.mjs';

const USERS = 20;
const PAUSE_OF_WRITER = 300;
const CUT_WITHIN = 3_000;
const SETTLED_WITHIN = 60_000;
const SEEDED = ['user', 'partner', 'organizer', 'admin'].map((name) => `${name}@eventzr.com`);

// So many users of one tenant. Those who sign up come from several addresses: one may do so only now and then.
export async function people(platform, count = USERS) {
  const users = await Promise.all(SEEDED.map((email) => platform.signIn(email, 'Password123!')));
  while (users.length < count) {
    const names = Array.from({ length: Math.min(10, count - users.length) }, (_, number) => `writer${users.length + number}`);
    const from = `127.0.1.${users.length}`;
    const signUp = (name) => platform.signUp(`${name}@example.com`, 'correct horse battery staple', from);
    users.push(...(await Promise.all(names.map(signUp))));
  }
  return users;
}

// `url` is where chat is; some clients poll if `polling` says how many of ten; nothing is cut if `cutting` is false.
export async function converse({ platform, users, url, clientsEach, writing, polling = 0, cutting = true }, disturb) {
  const [owner, ...others] = users;
  const ids = others.map((user) => user.id);
  const makeThread = async (memberIds) =>
    (await platform.post('/chat/v1/threads', { type: 'group', memberIds }, owner.token, url)).id;
  const [everybodys, some] = [await makeThread(ids), await makeThread(ids.slice(0, 9))];
  const clients = users.flatMap((user, index) => {
    const threads = index < 10 ? [everybodys, some] : [everybodys];
    return Array.from({ length: clientsEach }, (_, number) => {
      const transports = (index + number) % 10 < polling ? ['polling'] : ['websocket'];
      return new Client(url, user, threads, transports);
    });
  });
  const cuts = clients.map(async (client) => {
    while (cutting) {
      await sleep(500 + Math.random() * CUT_WITHIN);
      if (cutting) client.cut();
    }
  });
  const end = Date.now() + writing;
  const acknowledged = [];
  const writers = clients.filter((_, index) => index % clientsEach === 0);
  const written = writers.map(async (client, index) => {
    for (let number = 0; Date.now() < end; number += 1) {
      const thread = client.heard.has(some) && number % 3 === 0 ? some : everybodys;
      const id = `${index}-${number}`;
      acknowledged.push([thread, await client.say(thread, id), id]);
      await sleep(Math.random() * 2 * PAUSE_OF_WRITER);
    }
  });
  await disturb();
  await Promise.all(written);
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
  console.log(`# ${clients.length} clients, ${connections} connections, ${acknowledged.length} messages, ${deliveries} deliveries`);
  return { clients: clients.length, connections };
}
