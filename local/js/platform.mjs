// A platform of a test's own, which it may kill.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const BINARY = process.env.LOCAL_BINARY ?? fileURLToPath(new URL('../../target/debug/local', import.meta.url));
const READY_WITHIN = 30_000;

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export class Platform {
  static async start() {
    const platform = new Platform();
    platform.data = await mkdtemp(join(tmpdir(), 'eventzr-'));
    [platform.port, platform.awsPort] = [await freePort(), await freePort()];
    platform.url = `http://127.0.0.1:${platform.port}`;
    await platform.run();
    return platform;
  }

  // Runs the binary on the same ports and data as before.
  async run() {
    const ports = ['--port', this.port, '--aws-port', this.awsPort, '--data', this.data].map(String);
    this.process = spawn(BINARY, ports, { stdio: 'ignore', env: { ...process.env, RUST_LOG: 'error' } });
    const deadline = Date.now() + READY_WITHIN;
    for (;;) {
      const answer = await fetch(`${this.url}/chat/v1/health`).catch(() => null);
      if (answer?.ok) return;
      if (Date.now() > deadline) throw new Error('the platform does not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  // As a power cut would.
  async kill() {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  async end() {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }

  // At this platform, or at a chat node beside it; from another address of this machine, if it is given.
  async call(method, path, body, token, url = this.url, localAddress) {
    const headers = { 'content-type': 'application/json' };
    if (token) headers.authorization = `Bearer ${token}`;
    const outgoing = request(url + path, { method, headers, localAddress }).end(body && JSON.stringify(body));
    const [response] = await once(outgoing, 'response');
    const answer = JSON.parse(await text(response));
    if (answer.error) throw new Error(`${path}: ${JSON.stringify(answer.error)}`);
    return answer;
  }

  async post(path, body, token, url, localAddress) {
    return (await this.call('POST', path, body, token, url, localAddress)).data;
  }

  // Somebody new, with a verified address and a token.
  async signUp(email, password, localAddress) {
    await this.post('/auth/v1/signup/email', { email, password }, null, undefined, localAddress);
    const mail = await this.mailTo(email);
    const token = new URL(mail.links[0]).searchParams.get('token');
    await this.post('/auth/v1/signup/verify', { token }, null, undefined, localAddress);
    return this.signIn(email, password, localAddress);
  }

  async signIn(email, password, localAddress) {
    const { accessToken, user } = await this.post('/auth/v1/login', { email, password }, null, undefined, localAddress);
    return { id: user.id, token: accessToken };
  }

  async mailTo(email) {
    const deadline = Date.now() + READY_WITHIN;
    while (Date.now() < deadline) {
      const mails = await (await fetch(`${this.url}/_local/outbox`)).json();
      const mail = mails.find((mail) => mail.to.includes(email));
      if (mail) return mail;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no mail to ${email}`);
  }
}
