// The page at `/search` in a browser, against a running platform (`cargo run`) at BASE_URL: what is put there to be found,
// and how its test uses the page.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { open } from './browser.mjs';

const BASE_URL = process.env.BASE_URL ?? 'http://127.0.0.1:8080';
const TENANT = '00000000-0000-0000-0000-000000000001';
const PATIENCE = 20_000;
// A word that nothing else has, whatever is there already: every document of this run begins with it.
export const WORD = Array.from({ length: 12 }, () => 'bdfgklmnprstvz'[randomInt(14)]).join('');
export const DOCUMENTS = [
  ...Array.from({ length: 22 }, (_, at) => ({
    id: `${WORD}-${at}`,
    entity_type: 'event',
    title: `${WORD} evening ${at}`,
    // Two of them have words that are rare, even where nothing else can be found.
    description: `An evening of music by the river${at < 20 ? '.' : ', with an accordion ensemble.'}`,
    tags: at % 2 === 0 ? ['music', 'river'] : ['music'],
    category: at < 3 ? `${WORD} matinee` : `${WORD} soiree`,
    city: at < 5 ? 'Vienna' : 'Lisbon',
    country: at < 5 ? 'Austria' : 'Portugal',
    location: at < 5 ? { lat: 48.2 + at / 100, lng: 16.37 } : { lat: 38.72, lng: -9.14 },
    start_date: at < 2 ? '2031-02-27T19:00:00Z' : '2031-03-01T19:00:00Z',
    price_min: at < 4 ? 0 : 30,
    currency: 'EUR',
  })),
  {
    id: `${WORD}-venue`,
    entity_type: 'venue',
    title: `${WORD} <b>hall</b> & "stage"`,
    tags: [`${WORD} <i>stage</i>`],
    city: 'Vienna',
    country: 'Austria',
  },
];

export let page;
let close;
const complaints = [];

// Opens the page from the one at `/`.
export async function openPage() {
  const opened = await open();
  close = opened.close;
  page = await opened.browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.setViewport({ width: 1300, height: 900 });
  page.on('console', (line) => {
    // That the API refuses something is no complaint.
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) complaints.push(line.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(BASE_URL, { waitUntil: 'load' });
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click('nav a[href="/search"]')]);
}

export function closePage() {
  return close?.();
}

export function nothingIsWrong() {
  assert.deepEqual(complaints, []);
}

async function api(method, path, body, token) {
  const headers = { 'content-type': 'application/json', 'x-tenant-id': TENANT };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(BASE_URL + path, { method, headers, body: body && JSON.stringify(body) });
  const { data, error } = await response.json();
  assert.equal(error, null, `${path}: ${JSON.stringify(error)}`);
  return data;
}

// Puts them as the organizer, and waits until they can be found.
export async function putDocuments() {
  const login = { email: 'organizer@eventzr.com', password: 'Password123!' };
  const { accessToken } = await api('POST', '/auth/v1/login', login);
  const { task_id } = await api('PUT', '/search/v1/documents', { documents: DOCUMENTS }, accessToken);
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const task = await api('GET', `/search/v1/tasks/${task_id}`, undefined, accessToken);
    if (task.status === 'done') return assert.equal(task.failed, 0);
    assert.ok(task.status !== 'failed' && Date.now() < deadline, JSON.stringify(task));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// Whether it asks for results.
export function isSearch(request) {
  return request.method() === 'POST' && new URL(request.url()).pathname.endsWith('/search/advanced');
}

export function bodyOf(request) {
  return JSON.parse(request.postData());
}

// Waits until the answer to what was last asked for is shown, and the function is true.
export function shown(check, ...args) {
  return page.waitForFunction(`document.querySelector('#found').ariaBusy === 'false' && (${check})(...${JSON.stringify(args)})`, { polling: 50 });
}

export function summary(words) {
  return shown((words) => document.querySelector('#summary').textContent.includes(words), words);
}

export function results(count) {
  return shown((count) => document.querySelectorAll('#results > li').length === count, count);
}

export function text(selector) {
  return page.$eval(selector, (it) => it.textContent);
}

export function click(selector) {
  return page.locator(selector).click();
}

export function facet(name, value) {
  return `#facets section[data-facet="${name}"] button[data-value="${name}=${value}"]`;
}

// Does what asks for results, and waits until the answer is shown.
export async function ask(act, isIt = () => true) {
  const isAnswer = (response) => isSearch(response.request()) && response.status() !== 401 && isIt(bodyOf(response.request()));
  await Promise.all([page.waitForResponse(isAnswer), act()]);
  await shown(() => true);
}

export async function toggle(name, value) {
  await ask(() => click(facet(name, value)));
}

export async function select(name, value) {
  await ask(() => page.select(`#query [name=${name}]`, value));
}

export async function search(words) {
  await ask(() => fill(words), ({ query }) => query === words);
}

export function fill(words) {
  return page.locator('#query [name=query]').fill(words);
}

export async function signIn(membership) {
  await page.waitForFunction((name) => [...document.querySelectorAll('#sign-in option')].some((it) => it.text === name), {}, membership);
  await page.$eval('#sign-in select', (select, name) => {
    select.value = [...select.options].find((it) => it.text === name).value;
  }, membership);
  await click('#sign-in button');
  await page.waitForFunction((name) => document.querySelector('.me').textContent.includes(name), {}, membership);
}

// Hands over the first such request instead of sending it; gives how to let be.
export async function interceptOnce(wanted, act) {
  await page.setRequestInterception(true);
  let pending = true;
  const look = async (request) => {
    if (!pending || !wanted(request)) return request.continue();
    pending = false;
    await act(request);
  };
  page.on('request', look);
  return async () => {
    page.off('request', look);
    await page.setRequestInterception(false);
  };
}
