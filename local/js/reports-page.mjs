// The page at `/reports` in a browser, against a running platform (`cargo run`) at BASE_URL: what there is to report on, and
// how its test uses the page.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from './browser.mjs';

const BASE_URL = process.env.BASE_URL ?? 'http://127.0.0.1:8080';
// That of "EventZR Professional".
const TENANT = 'a0000001-0000-0000-0000-000000000001';
const PATIENCE = 30_000;
export const MEMBERSHIP = 'admin@eventzr.com, EventZR Professional';
// A word that nobody else has searched for.
export const WORD = Array.from({ length: 12 }, () => 'bdfgklmnprstvz'[randomInt(14)]).join('');
export const HOSTILE = '<img src="x" onerror="globalThis.ran = true">';

export let page;
let close;
let downloads;
let token;
const complaints = [];

// Keeps what the page makes addresses of: its policy lets nobody fetch them. This browser shows no PDF, but has the frame.
function watchAddresses() {
  globalThis.made = new Map();
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    const address = createObjectURL.call(URL, blob);
    globalThis.made.set(address, blob);
    return address;
  };
  URL.revokeObjectURL = (address) => {
    revokeObjectURL.call(URL, address);
    globalThis.made.delete(address);
  };
  Object.defineProperty(Navigator.prototype, 'pdfViewerEnabled', { get: () => true });
}

// Opens the page from the one at `/`.
export async function openPage() {
  const opened = await open();
  downloads = await mkdtemp(join(tmpdir(), 'downloads-'));
  close = async () => {
    await opened.close();
    await rm(downloads, { recursive: true, force: true });
  };
  page = await opened.browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.setViewport({ width: 1300, height: 900 });
  page.on('console', (line) => {
    // That the API refuses something is no complaint.
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) complaints.push(line.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.evaluateOnNewDocument(watchAddresses);
  const session = await opened.browser.target().createCDPSession();
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads });
  await page.goto(BASE_URL, { waitUntil: 'load' });
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click('nav a[href="/reports"]')]);
}

export function closePage() {
  return close?.();
}

export function nothingIsWrong() {
  assert.deepEqual(complaints, []);
}

async function api(method, path, body) {
  const headers = { 'content-type': 'application/json', 'x-tenant-id': TENANT };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(BASE_URL + path, { method, headers, body: body && JSON.stringify(body) });
  const { data, error } = await response.json();
  assert.equal(error, null, `${path}: ${JSON.stringify(error)}`);
  return data;
}

// Searches, and makes a template whose every text looks like a picture with a script, of a dataset with such a text.
export async function prepare() {
  const login = { email: 'admin@eventzr.com', password: 'Password123!' };
  token = (await api('POST', '/auth/v1/login', login)).accessToken;
  for (const words of ['one', 'two', 'two']) await api('POST', '/search/v1/search', { query: `${WORD} ${words}`, use_semantic: false });
  const columns = [{ name: 'what', type: 'text' }, { name: 'many', type: 'integer' }];
  const dataset = `page_${WORD}`;
  await api('POST', '/reports/v1/datasets', { name: dataset, columns });
  const rows = [[HOSTILE, 3], ['plain', 1], ['none', -2]].map(([what, many]) => ({ values: { what, many } }));
  await api('POST', `/reports/v1/datasets/${dataset}/rows`, { rows });
  const definition = {
    dataset,
    columns: [{ name: 'what', label: HOSTILE }, { name: 'many' }],
    parameters: [{ name: 'least', type: 'integer', label: HOSTILE, default: -5 }],
    filters: [{ column: 'many', operator: 'gte', value: '{{least}}' }],
    sort: [{ column: 'many', direction: 'descending' }],
    layout: { title: HOSTILE, chart: { type: 'column', category: 'what', values: ['many'] } },
  };
  const template = { name: `${HOSTILE} ${WORD}`, description: HOSTILE, definition };
  await api('POST', '/reports/v1/templates', template);
  for (const type of ['bar', 'line', 'pie']) {
    const layout = { title: type, chart: { type, category: 'what', values: ['many'] } };
    await api('POST', '/reports/v1/templates', { name: `${type} ${WORD}`, definition: { ...definition, layout } });
  }
}

export function text(selector) {
  return page.$eval(selector, (it) => it.textContent);
}

export function click(selector) {
  return page.locator(selector).click();
}

// Waits until the function is true in the page.
export function until(check, ...args) {
  return page.waitForFunction(check, { polling: 50 }, ...args);
}

export async function signIn(membership = MEMBERSHIP) {
  await until((name) => [...document.querySelectorAll('#sign-in option')].some((it) => it.text === name), membership);
  await page.$eval('#sign-in select', (select, name) => {
    select.value = [...select.options].find((it) => it.text === name).value;
  }, membership);
  const listed = ['exports', 'templates'].map((list) => page.waitForResponse((it) => new URL(it.url()).pathname === `/reports/v1/${list}`));
  await Promise.all([...listed, click('#sign-in button')]);
  await until((name) => document.querySelector('.me').textContent.includes(name), membership);
  const isListed = () => ['#templates', '#exports'].every((part) => document.querySelector(`${part} li:not(.samples li)`) || document.querySelector(`${part} .none`).checkVisibility());
  await until(isListed);
}

export async function choose(name) {
  const find = (name) => [...document.querySelectorAll('#templates .list button')].find((it) => it.querySelector('strong').textContent === name);
  await (await until(find, name)).asElement().click();
  await until((name) => document.querySelector('#report h2').textContent === name, name);
}

// Asks for a preview, and waits until it is there, or what is wrong with it.
export async function preview() {
  await click('#report [name=preview]');
  await until(() => {
    const part = document.querySelector('#report');
    return part.ariaBusy === 'false' && (part.querySelector('.preview').checkVisibility() || part.querySelector('output').textContent !== '');
  });
}

// The cells of the preview's table.
export function cells() {
  return page.$$eval('#report tbody tr', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
}

// Asks for a file; gives the selector of its entry in the list.
export async function run(format) {
  const ids = () => page.$$eval('.export', (all) => all.map((it) => it.dataset.id));
  const before = await ids();
  await page.select('#report [name=format]', format);
  await click('#report form button:not([type=button])');
  const find = (before) => [...document.querySelectorAll('.export')].find((it) => !before.includes(it.dataset.id))?.dataset.id;
  const id = await (await until(find, before)).jsonValue();
  // The newest one is the first.
  assert.equal((await ids())[0], id);
  return `.export[data-id="${id}"]`;
}

export function status(selector, status) {
  return until((selector, status) => document.querySelector(selector)?.dataset.status === status, selector, status);
}

// Which of its buttons there are.
export function buttons(selector) {
  return page.$$eval(`${selector} .buttons button`, (all) => all.filter((it) => it.checkVisibility()).map((it) => it.textContent).join());
}

// The address of the PDF that is shown, and how its file begins.
export async function shown() {
  const frame = await page.waitForSelector('#viewer iframe');
  return frame.evaluate(async ({ src }) => {
    const blob = globalThis.made.get(src);
    return { src, type: blob.type, begin: await blob.slice(0, 4).text() };
  });
}

export function addresses() {
  return page.evaluate(() => [...globalThis.made.keys()]);
}

// What the next file of this kind holds that is saved.
export async function saved(extension) {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const name = (await readdir(downloads)).find((it) => it.endsWith(extension));
    if (name) return { name, text: await readFile(join(downloads, name), 'utf8') };
    assert.ok(Date.now() < deadline, `no ${extension}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// Requests for how far exports are, during so many milliseconds.
export async function looks(during) {
  let count = 0;
  const look = (request) => {
    if (request.method() === 'GET' && new URL(request.url()).pathname.startsWith('/reports/v1/exports')) count += 1;
  };
  page.on('request', look);
  await new Promise((resolve) => setTimeout(resolve, during));
  page.off('request', look);
  return count;
}

// Has the page be seen by nobody, or by somebody again.
export function hide(isHidden) {
  return page.evaluate((isHidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}

// Has the next list of exports be this one.
export async function answerOnce(data, act) {
  await page.setRequestInterception(true);
  let pending = true;
  const look = (request) => {
    if (!pending || new URL(request.url()).pathname !== '/reports/v1/exports' || request.method() !== 'GET') return request.continue();
    pending = false;
    return request.respond({ status: 200, contentType: 'application/json', body: JSON.stringify({ data, error: null, page: {} }) });
  };
  page.on('request', look);
  await act();
  page.off('request', look);
  await page.setRequestInterception(false);
}
