// Reports in a browser.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  HOSTILE, WORD, addresses, answerOnce, buttons, cells, choose, click, closePage, hide, looks, nothingIsWrong, openPage,
  page, prepare, preview, run, saved, shown, signIn, status, text, until,
} from './reports-page.mjs';

before(async () => {
  await prepare();
  await openPage();
});

after(closePage);

describe('reports in a browser', { concurrency: 1 }, () => {
  test('a sample becomes a template with one click', async () => {
    await signIn();
    await click('#templates summary');
    await click('#templates .samples [aria-label="Save Searches by query"]');
    await until(() => document.querySelector('#report h2').textContent === 'Searches by query');
    assert.equal(await text('#templates .list [aria-pressed=true] strong'), 'Searches by query');
    const labels = await page.$$eval('#report form :is(input, select)', (all) => all.map((it) => it.labels.length));
    assert.ok(labels.length >= 3 && labels.every((count) => count === 1), labels.join());
  });

  test('its parameters have their defaults, and say what is wrong with them', async () => {
    const since = '#report [name="parameters.from"]';
    assert.equal(await page.$eval(since, (it) => it.value), 'today-7d');
    await page.locator(since).fill('whenever');
    await preview();
    assert.equal(await text('#report output > code'), 'ERR_REPORTS_VALIDATION_FAILED');
    assert.match(await text('#report output'), /parameters\.from: must be a moment/);
    assert.equal(await page.$eval(since, (it) => it.ariaInvalid), 'true');
    await page.locator(since).fill('today-1d');
  });

  test('a preview has rows and a chart', async () => {
    await page.locator('#report [name="parameters.words"]').fill(WORD);
    // reports hears of a search some seconds later.
    const deadline = Date.now() + 60_000;
    do await preview();
    while ((await cells()).length < 2 && Date.now() < deadline);
    const names = (await cells()).map(([query, searches]) => [query, searches]);
    assert.deepEqual(names, [[`${WORD} two`, '2'], [`${WORD} one`, '1']]);
    assert.equal(await page.$eval(`#report [name="parameters.from"]`, (it) => it.ariaInvalid), null);
    assert.equal(await text('#report tfoot td:nth-child(2)'), '3');
    assert.equal(await page.$$eval('#report svg > rect.s0 > title', (all) => all.length), 2);
    assert.equal(await text('#chart-title'), 'Searches by query');
    assert.ok((await text('#chart-description')).startsWith(`Bars of Searches by Query. ${WORD} two: 2; ${WORD} one: 1.`));
  });

  test('a PDF is run, and shown in the page', async () => {
    const listed = await run('pdf');
    const bar = await page.$eval(`${listed} progress`, (it) => ({ max: it.max, label: it.ariaLabel, isSeen: it.checkVisibility() }));
    assert.deepEqual(bar, { max: 100, label: 'Searches by query, pdf', isSeen: true });
    assert.match(await text(`${listed} .far`), /^\d+ %, \d+ rows?$/);
    assert.equal(await buttons(listed), 'Cancel,Delete');
    await status(listed, 'completed');
    assert.equal(await buttons(listed), 'Show,Download,Delete');
    assert.match(await text(`${listed} .facts`), /2 rows.*kB.*sha256 [0-9a-f]{12}/);
    const { src, type, begin } = await shown();
    assert.match(src, /^blob:/);
    assert.deepEqual([type, begin], ['application/pdf', '%PDF']);
    assert.match(await text('#viewer p'), /^searches-by-query-.*\.pdf, \d+ kB; its sha256 is as it was told\.$/);

    await click(`${listed} .show`);
    await until((before) => ![null, undefined, before].includes(document.querySelector('#viewer iframe')?.src), src);
    assert.deepEqual(await addresses(), [(await shown()).src]);
    await click('#viewer header button');
    assert.deepEqual(await addresses(), []);
    assert.equal(await page.$eval('#viewer', (it) => it.hidden), true);
  });

  test('a CSV is run, and saved', async () => {
    const listed = await run('csv');
    await status(listed, 'completed');
    await click(`${listed} .download`);
    const { name, text } = await saved('.csv');
    assert.match(name, /^searches-by-query-.*\.csv$/);
    assert.match(text, new RegExp(`^Query,.*\r\n${WORD} two,2,`));
    assert.match(page.url(), /\/reports$/);
    // The link had a tab of its own.
    await page.bringToFront();
  });

  test('an export is cancelled, and deleted', async () => {
    let listed;
    // On a busy machine it may be completed before.
    for (let tries = 0; tries < 5; tries += 1) {
      listed = await run('json');
      await page.$eval(`${listed} .cancel`, (it) => it.click());
      await until((selector) => ['cancelled', 'completed'].includes(document.querySelector(selector).dataset.status), listed);
      if ((await page.$eval(listed, (it) => it.dataset.status)) === 'cancelled') break;
    }
    await status(listed, 'cancelled');
    assert.equal(await buttons(listed), 'Delete');
    await page.focus(`${listed} .delete`);
    await page.keyboard.press('Enter');
    await until((selector) => document.querySelector(selector) === null, listed);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'exports-title');
    // It does not come back with the next sign-in, either.
    const count = (await page.$$('.export')).length;
    await signIn();
    assert.equal((await page.$$('.export')).length, count);
  });

  test('nothing is asked for when nothing is running, or nobody sees the page', async () => {
    assert.equal(await looks(1500), 0);
    await choose('Searches by query');
    const listed = await run('jsonLines');
    await hide(true);
    await looks(300);
    assert.equal(await looks(2500), 0);
    assert.notEqual(await page.$eval(listed, (it) => it.dataset.status), 'completed');
    await hide(false);
    await status(listed, 'completed');
    await looks(300);
    assert.equal(await looks(1500), 0);
  });

  test('what has failed says why, and can be tried again', async () => {
    const at = new Date().toISOString();
    const failed = {
      id: '01900000-0000-7000-8000-000000000000', title: HOSTILE, dataset: 'x', format: 'xlsx', status: 'failed', progress: 40, rows: 7,
      attempt: 2, createdAt: at, updatedAt: at, endedAt: at, failure: { code: 'FILE_TOO_LARGE', message: `Too large: ${HOSTILE}` },
    };
    await answerOnce([failed], async () => {
      await signIn();
    });
    assert.equal((await page.$$('.export')).length, 1);
    assert.equal(await text('.export .failure'), `Too large: ${HOSTILE} FILE_TOO_LARGE`);
    assert.equal(await buttons('.export'), 'Try again,Delete');
    assert.equal(await page.$eval('.export progress', (it) => it.checkVisibility()), false);
    // There is no such export.
    await click('.export .retry');
    await until(() => document.querySelector('#exports output code')?.textContent === 'ERR_REPORTS_EXPORT_NOT_FOUND');
    await signIn();
    assert.ok((await page.$$('.export')).length > 1);
  });

  test('what comes from users is text, whatever it looks like', async () => {
    await choose(`${HOSTILE} ${WORD}`);
    assert.equal(await text('#report .description'), HOSTILE);
    assert.equal(await page.$eval('#report .parameters label', (it) => it.firstChild.data), HOSTILE);
    await preview();
    assert.equal(await text('#report th'), HOSTILE);
    assert.deepEqual(await cells(), [[HOSTILE, '3'], ['plain', '1'], ['none', '-2']]);
    assert.equal(await text('#chart-title'), HOSTILE);
    assert.equal(await text('#report figcaption'), HOSTILE);
    const listed = await run('pdf');
    assert.equal(await text(`${listed} .title`), HOSTILE);
    await status(listed, 'completed');
    await shown();
    assert.equal(await text('#viewer h2'), HOSTILE);
    assert.equal(await page.$('img'), null);
    assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  });

  test('charts are columns, bars, lines and pies', async () => {
    assert.equal(await page.$$eval('#report svg > rect.s0 > title', (all) => all.length), 3);
    const shapes = { bar: ['rect.s0 > title', 3], line: ['polyline', 1], pie: ['path.slice', 2] };
    for (const [type, [selector, count]] of Object.entries(shapes)) {
      await choose(`${type} ${WORD}`);
      await preview();
      assert.equal(await text('#chart-title'), type);
      assert.equal((await page.$$(`#report svg > ${selector}`)).length, count, type);
    }
    const isInside = () => {
      const { right } = document.querySelector('#report figure').getBoundingClientRect();
      return [...document.querySelectorAll('#report svg text')].every((it) => it.getBoundingClientRect().right <= right + 1);
    };
    await page.setViewport({ width: 360, height: 800 });
    await until(`(${isInside})() && document.documentElement.scrollWidth <= 360`);
    await page.setViewport({ width: 1300, height: 900 });
  });

  test('another account sees nothing of it, and nothing goes wrong', async () => {
    await signIn('admin@eventzr.com, EventZR');
    for (const part of ['#templates .list', '#report h2', '#exports ol']) assert.ok(!(await text(part)).includes(WORD), part);
    assert.deepEqual(await addresses(), []);
    nothingIsWrong();
  });
});
