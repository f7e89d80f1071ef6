// The page at `/chat` in a browser, against a running platform (`cargo run`) at BASE_URL: two accounts who converse.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { open } from './browser.mjs';

const BASE_URL = process.env.BASE_URL ?? 'http://127.0.0.1:8080';
const PATIENCE = 20_000;
const RUN = Date.now().toString(36);

let close;
let page;
const complaints = [];

before(async () => {
  const opened = await open();
  close = opened.close;
  page = await opened.browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.setViewport({ width: 1300, height: 900 });
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => dialog.accept(`Edited ${RUN}`));
  await page.goto(`${BASE_URL}/chat`, { waitUntil: 'load' });
});

after(() => close?.());

// A part of the left (0) or right (1) account's panel.
const at = (panel, selector) => `.panel:nth-of-type(${panel + 1}) ${selector}`;

// Until a part says these words.
function says(panel, selector, words) {
  const check = (selector, words) => [...document.querySelectorAll(selector)].some((it) => it.textContent.includes(words));
  return page.waitForFunction(check, { polling: 50 }, at(panel, selector), words);
}

// A button of the last message.
const press = (panel, name) => page.locator(at(panel, `.messages li:last-child .${name}`)).click();

async function send(panel, words) {
  await page.type(at(panel, '.compose input'), words);
  await page.click(at(panel, '.compose button'));
}

describe('two accounts in one browser', { concurrency: 1 }, () => {
  test('the client is the official one', async () => {
    const served = await (await fetch(`${BASE_URL}/_local/chat/socket.io.esm.min.js`)).text();
    const official = new URL('node_modules/socket.io-client/dist/socket.io.esm.min.js', import.meta.url);
    assert.equal(served, await readFile(official, 'utf8'));
  });

  test('sign in, and open their thread', async () => {
    for (const panel of [0, 1]) {
      await page.waitForSelector(at(panel, '.sign-in option'));
      await page.click(at(panel, '.sign-in button'));
      await says(panel, '.link', 'connected');
    }
    await page.evaluate((selector) => {
      const select = document.querySelector(selector);
      select.value = [...select.options].find((it) => it.text === 'organizer@eventzr.com').value;
    }, at(0, '.new-thread select'));
    await page.click(at(0, '.new-thread button'));
    await says(0, '.thread h2', 'organizer@eventzr.com');
    await says(1, '.threads', 'user@eventzr.com');
  });

  test('messages, typing, receipts, reactions, edits', async () => {
    await send(0, `Hello ${RUN}`);
    await says(0, '.messages .content', `Hello ${RUN}`);
    await says(1, '.threads .unread', '1');
    await page.evaluate((selector) => {
      [...document.querySelectorAll(selector)].find((it) => it.textContent.includes('user@eventzr.com')).click();
    }, at(1, '.threads button'));
    await says(1, '.messages .content', `Hello ${RUN}`);
    await says(0, '.messages li:last-child .read', 'read');
    await says(1, '.threads .online', 'user@eventzr.com');

    await page.type(at(1, '.compose input'), 'An');
    await says(0, '.typing', 'organizer@eventzr.com types');
    await send(1, `swer ${RUN} <b>not bold</b>`);
    await says(0, '.messages li:last-child .content', `Answer ${RUN} <b>not bold</b>`);
    assert.equal(await page.$(at(0, '.messages b')), null);

    await press(0, 'like');
    await says(1, '.messages li:last-child .like', '👍 1');
    await press(0, 'like');
    await page.waitForFunction((selector) => document.querySelector(selector).textContent === '👍', {}, at(1, '.messages li:last-child .like'));
    await press(1, 'edit');
    await says(0, '.messages li:last-child .content', `Edited ${RUN}`);
    await press(1, 'delete');
    await says(0, '.messages li:last-child .content', 'deleted');
  });

  test('what was said while the connection was cut is heard when it is back', async () => {
    for (let round = 0; round < 3; round += 1) {
      await page.click(at(0, '.cut'));
      await says(0, '.link', 'not connected');
      await send(1, `Missed ${round} ${RUN}`);
      await says(0, '.messages li:last-child .content', `Missed ${round} ${RUN}`);
      await page.waitForFunction((selector) => document.querySelector(selector).textContent === 'connected', {}, at(0, '.link'));
    }
    const texts = await page.$$eval(at(0, '.messages .content'), (all) => all.map((it) => it.textContent));
    const missed = texts.filter((text) => text.startsWith('Missed') && text.endsWith(RUN));
    assert.deepEqual(missed, [0, 1, 2].map((round) => `Missed ${round} ${RUN}`));
    assert.deepEqual(complaints, []);
  });
});
