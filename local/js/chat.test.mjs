// Chat by the official client, against a running platform (`cargo run`) at BASE_URL.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { io } from 'socket.io-client';
import { next } from './waiting.mjs';

const BASE_URL = process.env.BASE_URL ?? 'http://127.0.0.1:8080';
const PASSWORD = 'Password123!';
const T1 = '00000000-0000-0000-0000-000000000001';
const PATIENCE = 10_000;

const sockets = [];
const sender = {};
const receiver = {};
let threadId;

async function post(path, body, token) {
  const headers = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(BASE_URL + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const { data, error } = await response.json();
  assert.equal(error, null, `${path}: ${JSON.stringify(error)}`);
  return data;
}

async function signIn(account, email) {
  const data = await post('/auth/v1/login', { email, password: PASSWORD });
  Object.assign(account, { email, token: data.accessToken, id: data.user.id });
}

// A socket that is not connected yet; the options are those of README.md.
function open(token, transports) {
  const socket = io(BASE_URL, {
    path: '/chat/v1/socket.io',
    auth: { token },
    extraHeaders: { 'x-tenant-id': T1 },
    transports,
    forceNew: true,
    reconnection: false,
  });
  sockets.push(socket);
  return socket;
}

async function connect(account, transports) {
  const socket = open(account.token, transports);
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

before(async () => {
  await signIn(sender, 'admin@eventzr.com');
  await signIn(receiver, 'user@eventzr.com');
  const [found] = await post('/auth/v1/users/lookup', { emails: [receiver.email] }, sender.token);
  assert.equal(found.id, receiver.id);
  const thread = await post('/chat/v1/threads', { type: 'group', name: 'Crew', memberIds: [found.id] }, sender.token);
  threadId = thread.id;
});

after(() => sockets.forEach((socket) => socket.disconnect()));

const ways = { websocket: ['websocket'], polling: ['polling'], 'polling, then websocket': ['polling', 'websocket'] };

for (const [name, transports] of Object.entries(ways)) {
  describe(name, () => {
    test('a message sent by HTTP arrives as message:new', async () => {
      const socket = await connect(receiver, transports);
      const content = `by HTTP, heard by ${name}`;
      const heard = next(socket, 'message:new', (message) => message.content === content);
      const sent = await post('/chat/v1/messages', { threadId, content, type: 'text' }, sender.token);
      assert.deepEqual(await heard, sent);
    });

    test('message:send is acknowledged and heard', async () => {
      const [mouth, ear] = [await connect(sender, transports), await connect(receiver, transports)];
      const message = { threadId, content: `by socket, ${name}`, type: 'text', clientMessageId: `${name}-${Date.now()}` };
      const heard = next(ear, 'message:new', (heard) => heard.clientMessageId === message.clientMessageId);
      const { data, error } = await mouth.timeout(PATIENCE).emitWithAck('message:send', message);
      assert.equal(error, null);
      assert.deepEqual(await heard, data);
      const again = await mouth.timeout(PATIENCE).emitWithAck('message:send', message);
      assert.equal(again.data.id, data.id);
      const refused = await mouth.timeout(PATIENCE).emitWithAck('message:send', { ...message, content: '' });
      assert.equal(refused.data, null);
      assert.equal(refused.error.code, 'ERR_CHAT_INVALID_MESSAGE');
    });

    test('typing is told to the other member', async () => {
      const [mouth, ear] = [await connect(sender, transports), await connect(receiver, transports)];
      for (const event of ['typing:start', 'typing:stop']) {
        const heard = next(ear, event);
        // As people type on: who has just connected by polling hears nothing for two seconds.
        const typing = setInterval(() => mouth.emit(event, { threadId }), 200);
        assert.deepEqual(await heard.finally(() => clearInterval(typing)), { threadId, userId: sender.id });
      }
    });

    test('a bad token is a connect_error with the code', async () => {
      const error = await next(open('not-a-token', transports), 'connect_error');
      assert.equal(error.message, 'ERR_CHAT_UNAUTHORIZED');
    });
  });
}

test('a thread made later is heard without joining', async () => {
  const socket = await connect(receiver, ['websocket']);
  const made = next(socket, 'thread:created');
  const thread = await post('/chat/v1/threads', { type: 'channel', memberIds: [receiver.id] }, sender.token);
  assert.equal((await made).id, thread.id);
  const heard = next(socket, 'message:new', (message) => message.threadId === thread.id);
  await post('/chat/v1/messages', { threadId: thread.id, content: 'first', type: 'text' }, sender.token);
  assert.equal((await heard).seq, 1);
});

test('messages arrive in the order of their numbers', async () => {
  const socket = await connect(receiver, ['websocket']);
  const heard = [];
  const content = `order ${Date.now()}`;
  const all = next(socket, 'message:new', (message) => {
    if (message.content === content) heard.push(message.seq);
    return heard.length === 20;
  });
  const sends = Array.from({ length: 20 }, () => post('/chat/v1/messages', { threadId, content, type: 'text' }, sender.token));
  const sent = (await Promise.all(sends)).map((message) => message.seq);
  await all;
  assert.deepEqual(heard, sent.sort((a, b) => a - b));
});
