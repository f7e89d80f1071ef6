// Several chat nodes beside a platform, with a Redis of their own, behind a load balancer that knows no cookies.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { BINARY, freePort } from './platform.mjs';

const CHAT = process.env.CHAT_BINARY ?? fileURLToPath(new URL('../../target/debug/chat-fargate', import.meta.url));
// Debian's package `redis-server`.
const REDIS = process.env.REDIS_SERVER ?? 'redis-server';
const PASSWORD = 'only-for-this-test';
const READY_WITHIN = 30_000;

async function rights() {
  const template = await readFile(new URL('../../template.yaml', import.meta.url), 'utf8');
  return template.match(/UserName: chat\n +AccessString: "(.*)"/)[1];
}

async function until(holds, what) {
  const deadline = Date.now() + READY_WITHIN;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what} in time`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const accepts = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.end());
  });

async function signal(process, name) {
  if (!process?.pid || process.exitCode !== null || process.signalCode !== null) return;
  const gone = once(process, 'exit');
  process.kill(name);
  await gone;
}

export class Redis {
  async start() {
    this.port ??= await freePort();
    const flags = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    // With the rights of template.yaml, and no others.
    flags.push('--user', 'default', 'off', '--user', 'chat', `>${PASSWORD}`, ...(await rights()).split(' '));
    this.process = spawn(REDIS, flags, { stdio: 'ignore' });
    this.process.on('error', (error) => (this.error = error));
    await until(() => {
      if (this.error) throw this.error;
      return accepts(this.port);
    }, 'Redis listens');
    return this;
  }

  get url() {
    return `redis://chat@127.0.0.1:${this.port}`;
  }

  kill() {
    return signal(this.process, 'SIGKILL');
  }
}

export class Node {
  constructor(platform, redis) {
    Object.assign(this, { platform, redis });
  }

  async start() {
    this.port ??= await freePort();
    const flags = ['--port', this.platform.port, '--aws-port', this.platform.awsPort, '--data', this.platform.data];
    const lines = execFileSync(BINARY, [...flags.map(String), 'env', 'ChatTaskDefinition'], { encoding: 'utf8' });
    const variables = lines.trim().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    // Spans of several lines, like keys, are none of chat's variables.
    const env = { ...Object.fromEntries(variables), PORT: `${this.port}`, REDIS_URL: this.redis.url, REDIS_PASSWORD: PASSWORD, DRAIN_SECONDS: '4', RUST_LOG: process.env.CHAT_LOG ?? 'error' };
    this.process = spawn(CHAT, [], { stdio: process.env.CHAT_LOG ? 'inherit' : 'ignore', env });
    await until(async () => (await fetch(`http://127.0.0.1:${this.port}/chat/v1/health`).catch(() => null))?.ok, 'a node answers');
    this.out = false;
    return this;
  }

  kill() {
    return signal(this.process, 'SIGKILL');
  }

  // As ECS stops a task, which gets no new requests before. Gives how it ended.
  async stop() {
    this.out = true;
    await signal(this.process, 'SIGTERM');
    return this.process.exitCode;
  }
}

// Gives each request to the next node that takes it.
export class Balancer {
  constructor(nodes) {
    this.nodes = nodes;
    this.turn = 0;
    this.sockets = new Set();
    this.taken = new Map();
  }

  // A node that is taken out gets no new requests.
  get targets() {
    return this.nodes.filter((node) => !node.out);
  }

  async start() {
    this.server = createServer((incoming, answer) => this.pass(incoming, answer));
    this.server.on('upgrade', (incoming, socket, head) => this.upgrade(incoming, socket, head));
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  next(tried) {
    const left = this.targets.filter((node) => !tried.includes(node));
    const node = left[this.turn++ % (left.length || 1)];
    if (node) this.taken.set(node, (this.taken.get(node) ?? 0) + 1);
    return node;
  }

  options(node, { method, url, headers }) {
    const { cookie, ...others } = headers;
    return { port: node.port, host: '127.0.0.1', method, path: url, headers: others };
  }

  async pass(incoming, answer) {
    const body = [];
    for await (const part of incoming) body.push(part);
    const attempt = (tried) => {
      const node = this.next(tried);
      if (!node) return answer.writeHead(503).end();
      const outgoing = request(this.options(node, incoming), (answered) => {
        const { 'set-cookie': dropped, ...headers } = answered.headers;
        answer.writeHead(answered.statusCode, headers);
        answered.pipe(answer);
        answered.on('error', () => answer.destroy());
      });
      outgoing.on('error', (error) => {
        if (error.code === 'ECONNREFUSED') attempt([...tried, node]);
        else answer.headersSent ? answer.destroy() : answer.writeHead(502).end();
      });
      answer.on('close', () => outgoing.destroy());
      outgoing.end(Buffer.concat(body));
    };
    attempt([]);
  }

  upgrade(incoming, socket, head) {
    const node = this.next([]);
    if (!node) return socket.destroy();
    const outgoing = request(this.options(node, incoming));
    outgoing.on('upgrade', (answered, theirs, theirHead) => {
      const lines = Object.entries(answered.headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'));
      socket.write(theirHead);
      theirs.write(head);
      socket.pipe(theirs).pipe(socket);
      for (const [one, other] of [[socket, theirs], [theirs, socket]]) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    outgoing.on('response', (answered) => socket.end(`HTTP/1.1 ${answered.statusCode} \r\nconnection: close\r\n\r\n`));
    outgoing.on('error', () => socket.destroy());
    outgoing.end();
  }

  end() {
    this.sockets.forEach((socket) => socket.destroy());
    this.server.close();
  }
}
