// The web application at `/account` in a browser, against a running platform (`cargo run`) at BASE_URL: what its tests
// have in common. It is opened by its name, since passkeys belong to one.
import assert from 'node:assert/strict';
import { open } from './browser.mjs';

export const BASE_URL = process.env.BASE_URL ?? 'http://127.0.0.1:8080';
export const SITE = BASE_URL.replace('127.0.0.1', 'localhost');
// So that this run's accounts are nobody else's.
export const RUN = Date.now().toString(36);
// Of every account that a local platform begins with.
const SEEDED_PASSWORD = 'Password123!';
const PATIENCE = 20_000;

export let page;
let close;
// What the browser complains about; that the API refuses something is no complaint.
const complaints = [];
// Links in mails that were opened.
const opened = new Set();

export async function openPage() {
  const started = await open();
  close = started.close;
  page = await started.browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('console', (line) => {
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) complaints.push(line.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
}

export function closePage() {
  return close?.();
}

export function nothingIsWrong() {
  assert.deepEqual(complaints, []);
}

// Types into the fields of a form.
export async function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`${form} [name="${name}"]`).fill(value);
  }
}

// Fills a form, sends it, and waits for what is said below it.
export async function send(form, fields = {}, answer = '') {
  await fill(form, fields);
  await press(form);
  await said(form, answer);
}

export function press(form) {
  return click(`${form} button:not([type=button])`);
}

// Waits until a part of the page has nothing more to do and says this.
export function said(part, words) {
  const check = (part, words) => {
    const found = document.querySelector(part);
    return found.ariaBusy !== 'true' && found.querySelector('output').textContent.includes(words);
  };
  return page.waitForFunction(check, { polling: 50 }, part, words);
}

export function shown(selector) {
  return page.waitForSelector(selector, { visible: true });
}

export function text(selector) {
  return page.$eval(selector, (found) => found.textContent);
}

export function click(selector) {
  return page.locator(selector).click();
}

// auth's answer to a POST.
export async function api(path, body, token) {
  const headers = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(`${BASE_URL}/auth/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}

// The token of an account that the platform began with.
export async function seeded(email) {
  const { data, error } = await api('/login', { email, password: SEEDED_PASSWORD });
  assert.equal(error, null, `${email}: ${JSON.stringify(error)}`);
  return data.accessToken;
}

// Has one of the platform's admins invite somebody; gives the tenant.
export async function invite(email, admin = 'admin@eventzr.com') {
  const { data, error } = await api('/users/invite', { email, roles: ['user'] }, await seeded(admin));
  assert.equal(error, null, JSON.stringify(error));
  return data.tenantId;
}

// Makes an account by an invitation: sign-ups from one address are limited.
export async function join(email, password) {
  await invite(email);
  const token = new URL(await mailedLink('accept-invitation', email)).searchParams.get('token');
  const { error } = await api('/invitations/accept', { token, password });
  assert.equal(error, null, JSON.stringify(error));
}

// Opens the page as a new account's owner, who is signed in.
export async function openAs(email, password) {
  await openPage();
  await join(email, password);
  await openSignIn();
  await signIn(email, password);
}

// The link to this page in the newest mail, once there is one that was not opened yet.
export async function mailedLink(name, to) {
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
// Gives the link, for whoever wants to use it twice.
export async function openMail(name, to) {
  const { pathname, search, searchParams } = new URL(await mailedLink(name, to));
  assert.match(searchParams.get('token'), /^ezr_/);
  await openLink(pathname + search);
  return pathname + search;
}

export async function openLink(link) {
  const [path] = link.split('?');
  await page.goto(SITE + link);
  await shown(`#${path.slice(1)}`);
  assert.equal(page.url(), SITE + path);
}

export async function openSignIn() {
  await page.goto(`${SITE}/sign-in`);
  await shown('#login');
}

// Signs in by the form, which is shown.
export async function signIn(identifier, password, email = identifier) {
  await send('#login form', { identifier, password });
  await isSignedIn(email);
}

export async function isSignedIn(email) {
  await shown('#signed-in');
  await said('#profile form', '');
  await said('#sessions', '');
  await page.waitForFunction((email) => document.querySelector('#profile dl').textContent.includes(email), {}, email);
  assert.equal(page.url(), `${SITE}/account`);
}

export async function signOut() {
  await click('#sign-out');
  await shown('#login');
  assert.equal(await text('#notice'), 'You are signed out.');
}

// The next such request is answered like this instead of by the platform.
export async function answerOnce(method, path, status, body) {
  await page.setRequestInterception(true);
  const answer = async (request) => {
    const hit = request.method() === method && new URL(request.url()).pathname === `/auth/v1${path}`;
    if (!hit) return request.continue();
    page.off('request', answer);
    await request.respond({ status, contentType: 'application/json', body: JSON.stringify(body) });
    await page.setRequestInterception(false);
  };
  page.on('request', answer);
}

export function refuseOnce(method, path, status, code) {
  const error = { code: `ERR_AUTH_${code}`, message: code, http: status };
  return answerOnce(method, path, status, { data: null, error });
}
