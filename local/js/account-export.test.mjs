// The account pages: what is known of an account, as files.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import {
  RUN, SITE, answerOnce, api, click, closePage, isSignedIn, mailedLink, nothingIsWrong, openAs, page, press,
  refuseOnce, said, send, shown, signIn, signOut, text,
} from './account.mjs';

const EMAIL = `rosalind-${RUN}@example.com`;
const PAGE = `${SITE}/profile-export`;
const password = `quilted otter ${RUN}`;

before(() => openAs(EMAIL, password));
after(closePage);
afterEach(nothingIsWrong);

function links() {
  return page.$$eval('#export tbody tr', (rows) =>
    rows.map((row) => {
      const [name, service, size, sha256] = [...row.cells].map((cell) => cell.textContent);
      return { name, service, size, sha256, url: row.querySelector('a').href };
    }));
}

// Signs in on the page that the mail leads to.
async function signInThere() {
  await shown('#login');
  await send('#login form', { identifier: EMAIL, password });
  await shown('#export');
  await said('#export form', 'The links work until');
  assert.equal(page.url(), PAGE);
}

function exportThatIs(status) {
  const at = new Date().toISOString();
  const data = { id: '', status, requestedAt: at, completedAt: null, expiresAt: at, services: ['auth'] };
  return answerOnce('GET', '/profile/export', 200, { data, error: null });
}

describe('an export', { concurrency: 1 }, () => {
  test('is not there at first', async () => {
    await said('#export form', 'There is none');
    assert.equal(await page.$eval('#export-again', (button) => button.hidden), true);
  });

  test('is asked for, after a fresh sign-in', async () => {
    await refuseOnce('POST', '/profile/export', 403, 'STEP_UP_REQUIRED');
    await press('#export form');
    await shown('#reauthenticate');
    await send('#reauthenticate form', { password });
    await said('#export form', 'A mail says when the files are here.');
    assert.match(await text('#export dl'), /in progress.*auth, chat, notify, reports, search/);
    assert.deepEqual(await links(), []);
  });

  test('has a page that a mail leads to, with a sign-in', async () => {
    await page.goto(await mailedLink('profile-export', EMAIL));
    await shown('#by-name');
    await Promise.all([page.waitForNavigation(), click('#by-name a')]);
    assert.equal(page.url(), PAGE);
    await shown('#login');
    assert.equal(await text('#notice'), 'Sign in, and your data is here.');
    await signInThere();
    const sections = await page.$$eval('#signed-in > section:not([hidden])', (found) => found.map(({ id }) => id));
    assert.deepEqual(sections, ['export']);
  });

  test('gives files that are what it says', async () => {
    const { data } = await api('/login', { email: EMAIL, password });
    const found = await links();
    assert.deepEqual([...new Set(found.map(({ service }) => service))].sort(), ['auth', 'chat', 'notify', 'reports', 'search']);
    for (const { name, size, sha256, url } of found) {
      assert.notEqual(new URL(url).host, new URL(SITE).host);
      const response = await fetch(url);
      assert.equal(response.status, 200, name);
      assert.equal(response.headers.get('content-disposition'), `attachment; filename="${name}"`);
      const bytes = Buffer.from(await response.arrayBuffer());
      assert.equal(Number(size.replace(/\D/g, '')), bytes.length);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256);
      assert.equal(JSON.parse(bytes).userId, data.user.id);
    }
  });

  test('is saved by a browser, and the page stays', async () => {
    const devtools = await page.browser().target().createCDPSession();
    await devtools.send('Browser.setDownloadBehavior', { behavior: 'deny', eventsEnabled: true });
    const begun = new Promise((resolve) => devtools.once('Browser.downloadWillBegin', resolve));
    const [{ name, url }] = await links();
    await click('#export tbody a');
    const { suggestedFilename, url: fetched } = await begun;
    assert.equal(suggestedFilename, name);
    assert.equal(fetched, url);
    await devtools.detach();
    assert.equal(page.url(), PAGE);
  });

  test('says why there are no files', async () => {
    await refuseOnce('GET', '/profile/export/download', 409, 'CONFLICT');
    await click('#export-again');
    await said('#export form', 'Some service has not answered yet.');
    assert.deepEqual(await links(), []);
    await refuseOnce('GET', '/profile/export/download', 404, 'NOT_FOUND');
    await click('#export-again');
    await said('#export form', 'Its files are gone.');
    await said('#export form', 'ERR_AUTH_NOT_FOUND');
    await exportThatIs('processing');
    await click('#export-again');
    await said('#export form', 'It takes some minutes.');
    assert.equal(await text('#export-again'), 'Look again');
  });

  test('is looked for again, and once more after a fresh sign-in', async () => {
    await click('#export-again');
    await said('#export form', 'The links work until');
    const before = (await links()).length;
    await refuseOnce('GET', '/profile/export/download', 403, 'STEP_UP_REQUIRED');
    await click('#export-again');
    await shown('#reauthenticate');
    await send('#reauthenticate form', { password });
    await said('#export form', 'The links work until');
    assert.equal((await links()).length, before);
  });

  test('ends after seven days', async () => {
    await exportThatIs('expired');
    await click('#export-again');
    await said('#export form', 'Its files are gone.');
    assert.equal(await page.$eval('#export-again', (button) => button.hidden), true);
    assert.deepEqual(await links(), []);
  });

  test('waits for whoever has to sign in again', async () => {
    await refuseOnce('POST', '/profile/export', 401, 'UNAUTHORIZED');
    await press('#export form');
    await shown('#login');
    assert.equal(await text('#notice'), 'The session has ended. Sign in again.');
    assert.equal(await text('#export dl'), '');
    await signInThere();
  });

  test('is no part of the page of the next sign-in', async () => {
    await signOut();
    assert.deepEqual(await links(), []);
    await signIn(EMAIL, password);
    await isSignedIn(EMAIL);
    assert.equal(await page.$('#signed-in > section[hidden]'), null);
    // The links are not there until they are asked for.
    await said('#export form', '');
    assert.match(await text('#export dl'), /done/);
    assert.deepEqual(await links(), []);
    await click('#export-again');
    await said('#export form', 'The links work until');
  });
});
