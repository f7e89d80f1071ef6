// The account pages: another address.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import {
  RUN, api, click, closePage, fill, nothingIsWrong, openAs, openLink, openMail, page, press, refuseOnce, said, send,
  shown, signIn, text,
} from './account.mjs';

const OLD = `hedy-${RUN}@example.com`;
const NEW = `hedwig-${RUN}@example.com`;
const password = `quilted otter ${RUN}`;
let refreshToken;
let link;

before(async () => {
  await openAs(OLD, password);
  ({ refreshToken } = (await api('/login', { email: OLD, password })).data);
});
after(closePage);
afterEach(nothingIsWrong);

describe('another address', { concurrency: 1 }, () => {
  test('is not the present one', async () => {
    await send('#address form', { email: OLD.toUpperCase() }, 'email: ');
    assert.equal(await page.$eval('#address [name=email]', (input) => input.ariaInvalid), 'true');
  });

  test('is asked for, after a fresh sign-in', async () => {
    await refuseOnce('POST', '/profile/email', 403, 'STEP_UP_REQUIRED');
    await fill('#address form', { email: NEW });
    await press('#address form');
    await shown('#reauthenticate');
    await send('#reauthenticate form', { password });
    await said('#address form', `A mail is on its way to ${NEW}.`);
    assert.equal(await page.$eval('#address [name=email]', (input) => input.value), '');
  });

  test('is the account\'s once its link is used', async () => {
    link = await openMail('change-address', NEW);
    // Opening it changes nothing: scanners do.
    assert.equal((await api('/login', { email: NEW, password })).error.code, 'ERR_AUTH_INVALID_CREDENTIALS');
    const { data } = await api('/refresh', { refreshToken });
    await send('#change-address form', {}, 'Your account has this address now.');
    // The session that asked goes on, the other one is over.
    assert.notEqual((await api('/refresh', { refreshToken: data.refreshToken })).error, null);
  });

  test('signs in, and the address of before does not', async () => {
    await click('#change-address output a');
    await shown('#login');
    await send('#login form', { identifier: OLD, password }, 'ERR_AUTH_INVALID_CREDENTIALS');
    await signIn(NEW, password);
    assert.equal(await text('#who'), NEW);
    const rows = await page.$$eval('#sessions tbody tr', (found) => found.length);
    assert.equal(rows, 2);
  });

  test('has a link that is good once', async () => {
    await openLink(link);
    await send('#change-address form', {}, 'This link was used already');
    await said('#change-address form', 'ERR_AUTH_TOKEN_INVALID');
  });
});
