// Search in a browser. Whether there is an embedding model does not matter: where results are counted, they are those by
// words.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  DOCUMENTS, WORD, ask, bodyOf, click, closePage, facet, fill, interceptOnce, isSearch, nothingIsWrong, openPage, page,
  putDocuments, results, search, select, shown, signIn, summary, text, toggle,
} from './search-page.mjs';

before(async () => {
  await putDocuments();
  await openPage();
});

after(closePage);

describe('search in a browser', { concurrency: 1 }, () => {
  test('results and suggestions come while one types', async () => {
    await signIn('organizer@eventzr.com, EventZR');
    await page.waitForFunction(() => document.querySelectorAll('#results > li').length > 0);
    await page.type('#query [name=query]', `${WORD} even`, { delay: 15 });
    await shown((word) => document.querySelector('#results h3 em')?.textContent === word, WORD);
    assert.match(await text('#summary .took'), /^\d+\.\d ms$/);
    assert.match(await text('#summary .semantic'), /^semantic: (used|loading|unavailable)$/);
    assert.match(await text('#results .score'), /^score \d.*lexical \d.*, no\. \d/);

    await page.waitForSelector('#suggestions li');
    await page.keyboard.press('ArrowDown');
    const suggested = await text('#suggestions li[aria-selected=true]');
    assert.ok(suggested.startsWith(`${WORD} evening`), suggested);
    await page.keyboard.press('Enter');
    const words = await page.$eval('#query [name=query]', (it) => it.value);
    assert.equal(`${words} event`, suggested);
    assert.equal(await page.$eval('#suggestions', (it) => it.hidden), true);
    await shown((title) => [...document.querySelectorAll('#results h3')].some((it) => it.textContent === title), words);
  });

  test('semantic search can be switched off and on', async () => {
    const flip = () => ask(() => click('#query [name=use_semantic]'));
    await search(WORD);
    await flip();
    await summary('semantic: off');
    await summary(`${DOCUMENTS.length} results`);
    await flip();
    assert.match(await text('#summary .semantic'), /^semantic: (used|loading|unavailable)$/);
    // What follows counts results by words.
    await flip();
    await summary('semantic: off');
  });

  test('there are more pages', async () => {
    await results(20);
    await ask(() => click('#more'));
    await results(DOCUMENTS.length);
    assert.equal(await page.$eval('#more', (it) => it.hidden), true);
    const titles = await page.$$eval('#results h3', (all) => all.map((it) => it.textContent));
    assert.deepEqual(titles.toSorted(), DOCUMENTS.map(({ title }) => title).toSorted());
  });

  test('facets filter', async () => {
    assert.equal(await text(`${facet('category', `${WORD} matinee`)} .count`), '3');
    const filtered = [
      ['category', `${WORD} matinee`, 3],
      ['tags', 'river', 11],
      ['city', 'Vienna', 6],
      ['country', 'Austria', 6],
      ['entity_type', 'venue', 1],
      ['price', '0..0.01', 4],
      ['month', '2031-02', 2],
    ];
    for (const [name, value, count] of filtered) {
      assert.equal(await text(`${facet(name, value)} .count`), String(count), name);
      await toggle(name, value);
      assert.equal(await page.$eval(facet(name, value), (it) => it.ariaPressed), 'true');
      await summary(`${count} result`);
      await results(count);
      await toggle(name, value);
      await summary(`${DOCUMENTS.length} results`);
    }
    await toggle('city', 'Vienna');
    await toggle('category', `${WORD} soiree`);
    await results(2);
    await ask(() => click('#clear'));
    await summary(`${DOCUMENTS.length} results`);
  });

  test('what is found is text, whatever it looks like', async () => {
    await select('entity_type', 'venue');
    await results(1);
    const { title, tags: [tag] } = DOCUMENTS.at(-1);
    assert.equal(await text('#results h3'), title);
    assert.equal(await text('#results .tags li'), tag);
    for (const part of ['h3', '.tags li']) assert.equal(await text(`#results ${part} em`), WORD);
    assert.equal(await page.$('#results :is(b, i)'), null);
    await select('entity_type', '');
    await summary(`${DOCUMENTS.length} results`);
  });

  test('around a result, with distances', async () => {
    await toggle('city', 'Vienna');
    await toggle('entity_type', 'event');
    await select('sort_by', 'distance');
    assert.equal(await text('#found output code'), 'ERR_SEARCH_INVALID_SORT_BY');
    assert.equal(await page.$('#results > li'), null);
    await select('sort_by', 'date');
    await results(5);
    await ask(() => click('#results > li .near'));
    await select('sort_by', 'distance');
    const distances = await page.$$eval('.distance', (all) => all.map((it) => Number.parseFloat(it.textContent)));
    assert.deepEqual(distances, distances.toSorted((a, b) => a - b));
    assert.equal(distances[0], 0);
    assert.ok(distances[4] > 1);
    await select('sort_by', 'relevance');
    await ask(() => click('#clear'));
    await summary(`${DOCUMENTS.length} results`);
  });

  test('what is like a result', async () => {
    await search(`${WORD} accordion ensemble`);
    assert.match(await text('#results .description'), /accordion/);
    const title = await text('#results h3');
    await click('#results > li .similar');
    await shown((title) => document.querySelector('#like').checkVisibility() && document.querySelector('#like').textContent.includes(title), title);
    const titles = await page.$$eval('#results h3', (all) => all.map((it) => it.textContent));
    assert.ok(titles.length > 0 && !titles.includes(title), titles.join());
    await ask(() => click('#like button'));
    assert.equal(await text('#results h3'), title);
    assert.equal(await page.$eval('#like', (it) => it.hidden), true);
  });

  test('an answer that is overtaken is not shown', async () => {
    let hold;
    const isHeld = new Promise((resolve) => (hold = resolve));
    const stop = await interceptOnce((it) => isSearch(it) && bodyOf(it).query === `${WORD} evening`, hold);
    await fill(`${WORD} evening`);
    const held = await isHeld;
    const over = new Promise((resolve) => {
      for (const event of ['requestfinished', 'requestfailed']) page.on(event, (it) => it === held && resolve());
    });
    await search(`${WORD} hall`);
    assert.match(await text('#results h3'), /hall/);
    await held.continue().catch(() => {});
    await over;
    await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.match(await text('#results h3'), /hall/);
    await stop();
  });

  test('a token that has ended is renewed', async () => {
    const error = { code: 'ERR_SEARCH_TOKEN_EXPIRED', message: 'The token has expired.', http: 401 };
    const body = JSON.stringify({ data: null, error });
    const refused = page.waitForResponse((it) => it.status() === 401);
    const renewed = page.waitForResponse((it) => it.url().endsWith('/auth/v1/refresh'));
    const stop = await interceptOnce(isSearch, (it) => it.respond({ status: 401, contentType: 'application/json', body }));
    await search(WORD);
    await refused;
    assert.equal((await renewed).status(), 200);
    await summary(`${DOCUMENTS.length} results`);
    await stop();
  });

  test('another tenant finds nothing of it, and nothing goes wrong', async () => {
    await signIn('admin@eventzr.com, EventZR Professional');
    await summary('Nothing was found');
    assert.equal(await page.$('#results > li'), null);
    nothingIsWrong();
  });
});
