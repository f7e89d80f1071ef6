// The web application at `/account` in a browser, against a running platform (`cargo run`) at BASE_URL. It is opened by
// its name, since passkeys belong to one.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { open } from './browser.mjs';

const BASE_URL = process.env.BASE_URL ?? 'http://127.0.0.1:8080';
const SITE = BASE_URL.replace('127.0.0.1', 'localhost');
const PATIENCE = 20_000;
// So that this run's accounts are nobody else's.
const RUN = Date.now().toString(36);
const EMAIL = `ada-${RUN}@example.com`;
const USERNAME = `ada.${RUN}`;

let close;
let page;
let password = `quilted otter ${RUN}`;
let authenticator;
let backupCodes;
// What the browser complains about; that the API refuses something is no complaint.
const complaints = [];

before(async () => {
  const opened = await open();
  close = opened.close;
  page = await opened.browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('console', (line) => {
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) complaints.push(line.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
});

after(() => close?.());

// Types into the fields of a form, sends it, and waits for what is said below it.
async function send(form, fields = {}, answer = '') {
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`${form} [name="${name}"]`).fill(value);
  }
  await page.locator(`${form} button:not([type=button])`).click();
  await said(form, answer);
}

// Waits until a part of the page has nothing more to do and says this.
function said(part, words) {
  const check = (part, words) => {
    const found = document.querySelector(part);
    return found.ariaBusy !== 'true' && found.querySelector('output').textContent.includes(words);
  };
  return page.waitForFunction(check, { polling: 50 }, part, words);
}

function shown(selector) {
  return page.waitForSelector(selector, { visible: true });
}

function text(selector) {
  return page.$eval(selector, (found) => found.textContent);
}

function click(selector) {
  return page.locator(selector).click();
}

async function api(path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${BASE_URL}/auth/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}

const opened = new Set();

// The link to this page in the newest mail, once there is one that was not opened yet.
async function mailedLink(name, to = EMAIL) {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    const outbox = await (await fetch(`${BASE_URL}/_local/outbox`)).json();
    const links = outbox.filter((message) => message.to === to).flatMap((message) => message.links);
    const link = links.find((link) => new URL(link).pathname === `/${name}` && !opened.has(link));
    if (link) {
      opened.add(link);
      return link;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${to} got no mail with a link to /${name}`);
}

// Opens a page by the link in a mail, under this page's name, and sees that the token is not in its address any more.
async function openMail(name, to) {
  const link = new URL(await mailedLink(name, to));
  assert.match(link.searchParams.get('token'), /^ezr_/);
  await page.goto(SITE + link.pathname + link.search);
  await shown(`#${name}`);
  assert.equal(page.url(), `${SITE}/${name}`);
}

async function openSignIn() {
  await page.goto(`${SITE}/sign-in`);
  await shown('#login');
}

async function isSignedIn() {
  await shown('#signed-in');
  await said('#profile form', '');
  await said('#sessions', '');
  await page.waitForFunction((email) => document.querySelector('#profile dl').textContent.includes(email), {}, EMAIL);
  assert.equal(page.url(), `${SITE}/account`);
}

async function signOut() {
  await click('#sign-out');
  await shown('#login');
  assert.equal(await text('#notice'), 'You are signed out.');
}

// An authenticator (RFC 6238). It never shows a code twice, as the API takes none twice: it begins with the code of the
// step before, and goes as far as the one after, which the API takes, too; then it waits.
class Authenticator {
  constructor(secret) {
    const bits = [...secret].map((it) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(it).toString(2).padStart(5, '0'));
    this.key = Buffer.from(bits.join('').match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
    this.last = 0;
  }

  async code() {
    const now = () => Math.floor(Date.now() / 30_000);
    this.last = Math.max(this.last + 1, now() - 1);
    while (this.last > now() + 1) await new Promise((resolve) => setTimeout(resolve, 500));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(this.last));
    const mac = createHmac('sha1', this.key).update(counter).digest();
    const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, '0');
  }
}

// The next such request is answered with this refusal instead of by the platform.
async function refuseOnce(method, path, status, code) {
  await page.setRequestInterception(true);
  const answer = async (request) => {
    const hit = request.method() === method && new URL(request.url()).pathname === `/auth/v1${path}`;
    if (!hit) return request.continue();
    page.off('request', answer);
    const body = JSON.stringify({ data: null, error: { code: `ERR_AUTH_${code}`, message: code, http: status } });
    await request.respond({ status, contentType: 'application/json', body });
    await page.setRequestInterception(false);
  };
  page.on('request', answer);
}

describe('the account pages', { concurrency: 1 }, () => {
  test('sign up, and a link verifies the address', async () => {
    await openSignIn();
    await send('#sign-up form', { email: EMAIL, password: 'password1' }, 'ERR_AUTH_WEAK_PASSWORD');
    await send('#sign-up form', { email: EMAIL, password, username: '-' }, 'username: ');
    assert.equal(await page.$eval('#sign-up [name=username]', (input) => input.ariaInvalid), 'true');
    const fields = { email: EMAIL, password, username: USERNAME, firstName: 'Ada', lastName: 'Lovelace' };
    await send('#sign-up form', fields, 'A mail is on its way');
    await send('#resend', { email: EMAIL }, 'a mail is on its way');

    await openMail('verify-address');
    // Opening it changes nothing: scanners do.
    const { error } = await api('/login', { email: EMAIL, password });
    assert.equal(error.code, 'ERR_AUTH_ACCOUNT_NOT_VERIFIED');
    await send('#verify-address form', {}, 'Your address is verified.');
    await send('#verify-address form', {}, 'ERR_AUTH_TOKEN_INVALID');
    assert.deepEqual(complaints, []);
  });

  test('sign in by address or username', async () => {
    await openSignIn();
    await send('#login form', { identifier: EMAIL, password: 'something else' }, 'ERR_AUTH_INVALID_CREDENTIALS');
    await send('#login form', { identifier: EMAIL, password });
    await isSignedIn();
    assert.equal(await text('#who'), EMAIL);
    await signOut();
    await send('#login form', { identifier: USERNAME.toUpperCase(), password });
    await isSignedIn();
  });

  test('keep a profile', async () => {
    await send('#profile form', { timeZone: 'Vienna' }, 'timeZone: ');
    await send('#profile form', { timeZone: 'Europe/Vienna', firstName: 'Augusta', lastName: '' }, 'Saved.');
    await page.waitForFunction(() => document.querySelector('#profile dd').textContent === 'Augusta');
  });

  test('refresh an expired token', async () => {
    await refuseOnce('PATCH', '/profile', 401, 'TOKEN_EXPIRED');
    await send('#profile form', { lastName: 'King' }, 'Saved.');
    await page.waitForFunction(() => document.querySelector('#profile dd').textContent === 'Augusta King');
  });

  test('say that a session has ended', async () => {
    await refuseOnce('PATCH', '/profile', 401, 'UNAUTHORIZED');
    await click('#profile form button');
    await shown('#login');
    assert.equal(await text('#notice'), 'The session has ended. Sign in again.');
    assert.equal(await text('#who'), '');
  });

  test('end other sessions', async () => {
    const refreshTokens = [];
    for (let session = 0; session < 3; session += 1) {
      const { data } = await api('/login', { username: USERNAME, password });
      refreshTokens.push(data.refreshToken);
    }
    await openSignIn();
    await send('#login form', { identifier: EMAIL, password });
    await isSignedIn();
    const rows = () => page.$$eval('#sessions tbody tr', (found) => found.length);
    const all = await rows();
    assert.ok(all >= 4, String(all));
    await click('#sessions tbody button');
    await said('#sessions', 'The session has ended.');
    assert.equal(await rows(), all - 1);
    await click('#sessions .buttons button');
    await said('#sessions', 'ended.');
    assert.equal(await rows(), 1);
    for (const refreshToken of refreshTokens) assert.notEqual((await api('/refresh', { refreshToken })).error, null);
  });

  test('change the password, after a fresh sign-in', async () => {
    const present = password;
    password = `patient heron ${RUN}`;
    const fields = { currentPassword: present, newPassword: password };
    await refuseOnce('PUT', '/password', 403, 'STEP_UP_REQUIRED');
    for (const [name, value] of Object.entries(fields)) await page.locator(`#password [name=${name}]`).fill(value);
    await click('#password form button');
    await shown('#reauthenticate');
    await send('#reauthenticate form', { password: 'something else' }, 'ERR_AUTH_INVALID_CREDENTIALS');
    await send('#reauthenticate form', { password: present });
    await said('#password form', 'The password is changed.');
    await signOut();
    await send('#login form', { identifier: EMAIL, password: present }, 'ERR_AUTH_INVALID_CREDENTIALS');
    await send('#login form', { identifier: EMAIL, password });
    await isSignedIn();
  });

  test('say why nothing was changed if the fresh sign-in is cancelled', async () => {
    await refuseOnce('PUT', '/password', 403, 'STEP_UP_REQUIRED');
    await page.locator('#password [name=newPassword]').fill('something else');
    await click('#password form button');
    await shown('#reauthenticate');
    await click('#reauthenticate-cancel');
    await said('#password form', 'ERR_AUTH_STEP_UP_REQUIRED');
  });

  test('set up a second factor', async () => {
    await click('#totp-begin button');
    await shown('#totp-activate');
    const picture = await page.$eval('#totp-picture', (image) => image.decode().then(() => image.naturalWidth));
    assert.ok(picture > 100, String(picture));
    authenticator = new Authenticator(await text('#totp-secret'));
    await send('#totp-activate', { code: '000000' }, 'ERR_AUTH_MFA_INVALID_CODE');
    await page.locator('#totp-activate [name=code]').fill(await authenticator.code());
    await click('#totp-activate button');
    await shown('#backup-codes');
    backupCodes = await page.$$eval('#backup-codes li', (found) => found.map((code) => code.textContent));
    assert.equal(backupCodes.length, 10);
    await click('#backup-codes button');
    assert.equal(await text('#backup-codes ul'), '');
    assert.equal(await text('#totp-secret'), '');
    // This session goes on.
    await send('#profile form', {}, 'Saved.');
    await signOut();
  });

  test('sign in with a code, and with a backup code', async () => {
    await send('#login form', { identifier: EMAIL, password });
    await shown('#challenge');
    await send('#challenge form', { code: '000000' }, 'ERR_AUTH_MFA_INVALID_CODE');
    await send('#challenge form', { code: await authenticator.code() });
    await isSignedIn();
    await shown('#totp-disable');
    await signOut();
    await send('#login form', { identifier: EMAIL, password });
    await shown('#challenge');
    await send('#challenge form', { code: backupCodes.pop() });
    await isSignedIn();
    await signOut();
  });

  test('sign in by a mailed link, with the second factor', async () => {
    await send('#magic form', { email: EMAIL }, 'a mail is on its way');
    await openMail('magic-link');
    await send('#magic-link form');
    await shown('#challenge');
    await send('#challenge form', { code: await authenticator.code() });
    await isSignedIn();
    await signOut();
  });

  test('set a new password by a mailed link', async () => {
    await send('#forgot form', { email: EMAIL }, 'a mail is on its way');
    await openMail('reset-password');
    password = `lenient walrus ${RUN}`;
    await send('#reset-password form', { newPassword: 'password1' }, 'ERR_AUTH_WEAK_PASSWORD');
    await send('#reset-password form', { newPassword: password }, 'The new password is set.');
    await click('#reset-password output a');
    await shown('#login');
    await send('#login form', { identifier: EMAIL, password });
    await shown('#challenge');
    await send('#challenge form', { code: backupCodes.pop() });
    await isSignedIn();
  });

  test('go without the second factor', async () => {
    await send('#totp-disable', { code: '000000' }, 'ERR_AUTH_MFA_INVALID_CODE');
    await page.locator('#totp-disable [name=code]').fill(backupCodes.pop());
    await click('#totp-disable button');
    await shown('#totp-begin');
    assert.equal(await text('#totp-begin output'), 'The second factor is gone.');
    await signOut();
    await send('#login form', { identifier: EMAIL, password });
    await isSignedIn();
    await signOut();
  });

  test('say what is missing where no token came along', async () => {
    for (const name of ['verify-address', 'reset-password', 'magic-link', 'accept-invitation']) {
      await page.goto(`${SITE}/${name}`);
      await shown(`#${name}`);
      assert.equal(await text(`#${name} output`), 'Open this page by the link in the mail.');
      assert.equal(await page.$eval(`#${name} button`, (button) => button.disabled), true);
    }
    assert.deepEqual(complaints, []);
  });

  test('show where passkeys work', async () => {
    await page.goto(`${BASE_URL}/account`);
    await shown('#by-name');
    await Promise.all([page.waitForNavigation(), click('#by-name a')]);
    assert.equal(page.url(), `${SITE}/account`);
    await shown('#login');
    assert.equal(await page.$('#by-name:not([hidden])'), null);
  });
});

describe('passkeys', { concurrency: 1 }, () => {
  before(async () => {
    const devtools = await page.createCDPSession();
    await devtools.send('WebAuthn.enable');
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    };
    await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
    await openSignIn();
    await send('#login form', { identifier: EMAIL, password });
    await isSignedIn();
  });

  test('are added with a name', async () => {
    await send('#passkeys form', { name: 'my telephone' }, 'The passkey is added.');
    assert.match(await text('#passkeys tbody'), /my telephone/);
    assert.equal(await page.$$eval('#passkeys tbody tr', (rows) => rows.length), 1);
    await signOut();
  });

  test('sign in', async () => {
    await click('#passkey-sign-in');
    await isSignedIn();
    assert.equal(await text('#who'), EMAIL);
  });

  test('make a sign-in fresh', async () => {
    const present = password;
    password = `diligent lemur ${RUN}`;
    await refuseOnce('PUT', '/password', 403, 'STEP_UP_REQUIRED');
    await page.locator('#password [name=currentPassword]').fill(present);
    await page.locator('#password [name=newPassword]').fill(password);
    await click('#password form button');
    await shown('#reauthenticate');
    await click('#reauthenticate-passkey');
    await said('#password form', 'The password is changed.');
  });

  test('are deleted, and then sign in no more', async () => {
    await click('#passkeys tbody button');
    await said('#passkeys form', 'The passkey is deleted.');
    assert.equal(await page.$('#passkeys tbody tr'), null);
    await signOut();
    await click('#passkey-sign-in');
    await said('#login form', 'ERR_AUTH_');
    assert.deepEqual(complaints, []);
  });
});
