// The account pages: deleting one's own account. Its receipt comes after a quarter of an hour: here one is made up.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import {
  RUN, SITE, answerOnce, api, click, closePage, nothingIsWrong, openAs, openSignIn, page, press, refuseOnce, said,
  send, shown, text,
} from './account.mjs';

const EMAIL = `emily-${RUN}@example.com`;
const password = `quilted otter ${RUN}`;
let address;
let refreshToken;

before(() => openAs(EMAIL, password));
after(closePage);
afterEach(nothingIsWrong);

describe('deleting an account', { concurrency: 1 }, () => {
  test('is meant', async () => {
    await press('#erase form');
    assert.equal(await page.$eval('#erase form', (form) => form.matches(':invalid')), true);
    await click('#erase [name=sure]');
    await refuseOnce('DELETE', '/profile', 403, 'STEP_UP_REQUIRED');
    await press('#erase form');
    await shown('#reauthenticate');
    await click('#reauthenticate-cancel');
    await said('#erase form', 'ERR_AUTH_STEP_UP_REQUIRED');
    await send('#profile form', {}, 'Saved.');
  });

  test('waits for another admin', async () => {
    await refuseOnce('DELETE', '/profile', 409, 'CONFLICT');
    await press('#erase form');
    await said('#erase form', 'A tenant has no other admin than you.');
  });

  test('signs out, after a fresh sign-in', async () => {
    ({ refreshToken } = (await api('/login', { email: EMAIL, password })).data);
    await refuseOnce('DELETE', '/profile', 403, 'STEP_UP_REQUIRED');
    await press('#erase form');
    await shown('#reauthenticate');
    await send('#reauthenticate form', { password });
    await shown('#erasure');
    assert.match(await text('#notice'), /^Your account is deleted\./);
    assert.equal(await text('#who'), '');
    assert.equal(await page.$eval('#sign-out', (button) => button.hidden), true);
    address = page.url();
    assert.match(address, /\/erasures\/[0-9a-f-]{36}$/);
  });

  test('ends its sessions and signs in no more', async () => {
    await openSignIn();
    await send('#login form', { identifier: EMAIL, password }, 'ERR_AUTH_INVALID_CREDENTIALS');
    assert.notEqual((await api('/refresh', { refreshToken })).error, null);
  });

  test('has a page that says how far it is', async () => {
    await page.goto(address);
    await shown('#erasure');
    await page.waitForFunction(() => document.querySelector('#erasure dd')?.textContent === 'in progress');
    assert.match(await text('#erasure dl'), /auth, chat, notify, reports, search/);
    await send('#erasure form', {}, 'As of ');
    assert.equal(await page.$eval('#receipt', (receipt) => receipt.hidden), true);
  });

  test('ends with a receipt', async () => {
    const at = new Date().toISOString();
    const id = new URL(address).pathname.split('/').pop();
    const receipt = 'header.claims.signature';
    const data = { id, status: 'completed', requestedAt: at, completedAt: at, services: ['auth', 'chat', 'notify', 'reports', 'search'], receipt };
    await answerOnce('GET', `/erasures/${id}`, 200, { data, error: null });
    await send('#erasure form', {}, 'As of ');
    await shown('#receipt');
    assert.equal(await text('#receipt code'), receipt);
    assert.equal(await text('#erasure dd'), 'done');
  });

  test('is found by its own address alone', async () => {
    await page.goto(`${SITE}/erasures/00000000-0000-0000-0000-000000000000`);
    await said('#erasure form', 'ERR_AUTH_NOT_FOUND');
    assert.equal(await text('#erasure dl'), '');
  });
});
