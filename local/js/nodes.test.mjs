// Two chat nodes that tell each other by Redis, behind a load balancer without cookies.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { converse, people } from './crowd.mjs';
import { Balancer, Node, Redis } from './nodes.mjs';
import { Platform } from './platform.mjs';
import { next } from './waiting.mjs';

const T1 = '00000000-0000-0000-0000-000000000001';
// Longer than a session is found that says nothing.
const IDLE = 70_000;
const WRITING = 12_000;

describe('two nodes are one chat', () => {
  let platform;
  let redis;
  let nodes;
  let balancer;
  let users;
  const sockets = [];

  before(async () => {
    redis = new Redis();
    await redis.start();
    platform = await Platform.start();
    nodes = [new Node(platform, redis), new Node(platform, redis)];
    await Promise.all(nodes.map((node) => node.start()));
    balancer = await new Balancer(nodes).start();
    users = await people(platform);
  });

  after(async () => {
    sockets.forEach((socket) => socket.disconnect());
    balancer?.end();
    await Promise.all([...(nodes ?? []), redis].map((started) => started.kill()));
    await platform?.end();
  });

  const post = (path, body, user) => platform.post(`/chat/v1${path}`, body, user.token, balancer.url);
  const call = (method, path, user) => platform.call(method, `/chat/v1${path}`, undefined, user.token, balancer.url);

  // As the documentation has it, at any address.
  async function connect(user, url, options = {}) {
    const socket = io(url, {
      path: '/chat/v1/socket.io',
      auth: { token: user.token },
      extraHeaders: { 'x-tenant-id': T1 },
      forceNew: true,
      ...options,
    });
    sockets.push(socket);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
    return socket;
  }

  const at = (node) => `http://127.0.0.1:${node.port}`;

  let idle;

  // Goes on beside the next tests: all requests of this session come to a node that has to pass them on.
  test('a session whose requests are all passed on', async () => {
    const through = await new Balancer([nodes[0]]).start();
    const [, , , , , user] = users;
    const socket = await connect(user, through.url, { transports: ['polling'] });
    through.nodes = [nodes[1]];
    idle = sleep(IDLE).then(async () => {
      const heard = next(socket, 'message:new');
      const { id: threadId } = await post('/threads', { type: 'group', memberIds: [] }, user);
      const answer = await socket.emitWithAck('message:send', { threadId, content: 'Still here' });
      const found = [answer.error, (await heard).content, socket.connected];
      through.end();
      return found;
    });
  });

  test('what happens on one node is heard on the other', async () => {
    const [one, other, third] = users;
    const { id: threadId } = await post('/threads', { type: 'group', memberIds: [other.id] }, one);
    const [mine, theirs] = [await connect(one, at(nodes[0])), await connect(other, at(nodes[1]))];
    for (const [speaker, listener] of [[mine, theirs], [theirs, mine]]) {
      let heard = next(listener, 'typing:start');
      // Between nodes it is told once and may be lost, as long as one node does not hear the other yet: people type on.
      const typing = setInterval(() => speaker.emit('typing:start', { threadId }), 500);
      assert.equal((await speaker.emitWithAck('typing:start', { threadId })).error, null);
      assert.equal((await heard.finally(() => clearInterval(typing))).threadId, threadId);
      heard = next(listener, 'message:new');
      const { data: message } = await speaker.emitWithAck('message:send', { threadId, content: 'Hello' });
      assert.deepEqual(await heard, message);
      heard = next(listener, 'reaction:added');
      await speaker.emitWithAck('reaction:add', { messageId: message.id, emoji: '👍' });
      assert.equal((await heard).messageId, message.id);
      heard = next(listener, 'message:updated');
      await speaker.emitWithAck('message:edit', { messageId: message.id, content: 'Hello there' });
      assert.equal((await heard).content, 'Hello there');
      heard = next(speaker, 'message:read');
      await listener.emitWithAck('message:read', { threadId });
      assert.equal((await heard).seq, message.seq);
    }
    const presence = await mine.emitWithAck('presence:query', { userIds: [other.id] });
    assert.equal(presence.data.presence[0].status, 'online');

    const hers = await connect(third, at(nodes[1]));
    let heard = next(hers, 'thread:created', (thread) => thread.id === threadId);
    const joined = next(theirs, 'member:added');
    await platform.post(`/chat/v1/threads/${threadId}/members`, { userIds: [third.id] }, one.token, at(nodes[0]));
    assert.deepEqual([(await heard).lastSeq, (await joined).userId], [2, third.id]);
    heard = next(hers, 'message:new');
    await mine.emitWithAck('message:send', { threadId, content: 'Welcome' });
    assert.equal((await heard).seq, 3);

    let overheard = false;
    hers.on('message:new', () => (overheard = true));
    heard = next(hers, 'member:removed');
    await platform.call('DELETE', `/chat/v1/threads/${threadId}/members/${third.id}`, undefined, one.token, at(nodes[0]));
    await heard;
    heard = next(theirs, 'message:new', ({ seq }) => seq === 4);
    await mine.emitWithAck('message:send', { threadId, content: 'Without her' });
    await heard;
    await hers.emitWithAck('sync', { threads: {} });
    assert.equal(overheard, false);
  });

  test('who is on two nodes goes when he has gone from both', async () => {
    const [, , , watcher, watched] = users;
    await post('/threads', { type: 'group', memberIds: [watched.id] }, watcher);
    const [eye, phone, laptop] = [await connect(watcher, at(nodes[0])), await connect(watched, at(nodes[0])), await connect(watched, at(nodes[1]))];
    const told = [];
    eye.on('presence:update', (update) => update.userId === watched.id && told.push(update.status));
    const status = async () => (await call('GET', `/presence?userIds=${watched.id}`, watcher)).data[0].status;
    phone.disconnect();
    await sleep(12_000);
    assert.deepEqual([told.filter((status) => status === 'offline'), await status(), await status()], [[], 'online', 'online']);
    const gone = next(eye, 'presence:update', (update) => update.userId === watched.id && update.status === 'offline');
    laptop.disconnect();
    await gone;
    assert.deepEqual([await status(), await status()], ['offline', 'offline']);
  });

  test('a session that begins with a poll is found by the node that has it, without cookies', async () => {
    const [one, other] = users;
    const { id: threadId } = await post('/threads', { type: 'group', memberIds: [other.id] }, one);
    for (const options of [{ transports: ['polling'] }, {}]) {
      for (let round = 0; round < 5; round += 1) {
        const [mine, theirs] = [await connect(one, balancer.url, options), await connect(other, balancer.url, options)];
        if (!options.transports && mine.io.engine.transport.name === 'polling') {
          await new Promise((resolve) => mine.io.engine.once('upgrade', resolve));
        }
        const heard = next(theirs, 'message:new');
        const { data } = await mine.emitWithAck('message:send', { threadId, content: `Round ${round}` });
        assert.deepEqual(await heard, data);
        mine.disconnect();
        theirs.disconnect();
      }
    }
    assert.ok([...balancer.taken.values()].every((requests) => requests > 20), 'both nodes were asked');
  });

  test('the session whose requests are all passed on lives on', async () => {
    assert.deepEqual(await idle, [null, 'Still here', true]);
  });

  test('who is taken out while Redis is away hears nothing of it half a minute later', async () => {
    const [one, other] = users;
    const { id: threadId } = await post('/threads', { type: 'group', memberIds: [other.id] }, one);
    const [mine, theirs] = [await connect(one, at(nodes[0])), await connect(other, at(nodes[1]))];
    const heard = [];
    theirs.on('message:new', (message) => message.threadId === threadId && heard.push(message.seq));
    await redis.kill();
    const path = `/chat/v1/threads/${threadId}/members/${other.id}`;
    await platform.call('DELETE', path, undefined, one.token, at(nodes[0]));
    await sleep(40_000);
    const until = heard.length;
    const { data } = await mine.emitWithAck('message:send', { threadId, content: 'Not for him' });
    assert.equal(data.seq, 1);
    await sleep(6_000);
    assert.equal(heard.length, until);
    await redis.start();
    // And nodes hear each other again.
    const back = next(theirs, 'thread:created');
    await sleep(5_000);
    await platform.post(`/chat/v1/threads/${threadId}/members`, { userIds: [other.id] }, one.token, at(nodes[0]));
    assert.equal((await back).id, threadId);
    const typing = next(theirs, 'typing:start');
    await mine.emitWithAck('typing:start', { threadId });
    assert.equal((await typing).threadId, threadId);
  });

  const crowd = () => ({ platform, users, url: balancer.url, clientsEach: 5, writing: WRITING, polling: 2 });

  test('a node that is killed mid-conversation', () =>
    converse(crowd(), async () => {
      await sleep(WRITING / 3);
      await nodes[0].kill();
      await sleep(1_000);
      await nodes[0].start();
    }));

  test('a rolling restart', () =>
    converse({ ...crowd(), cutting: false }, async () => {
      for (const node of nodes) {
        const began = Date.now();
        assert.equal(await node.stop(), 0);
        const took = Date.now() - began;
        assert.ok(took > 1_000 && took < 15_000, `its clients left within ${took} ms`);
        await node.start();
        await sleep(500);
      }
    }));

  test('Redis that is killed mid-conversation', () =>
    converse({ ...crowd(), cutting: false }, async () => {
      await sleep(WRITING / 4);
      await redis.kill();
      await sleep(2_000);
      await redis.start();
    }));
});
