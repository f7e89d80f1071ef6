// The account pages: signing up and in, profile and sessions.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import {
  BASE_URL, RUN, SITE, api, click, closePage, isSignedIn, nothingIsWrong, openMail, openPage, openSignIn, page, press,
  refuseOnce, said, send, shown, signIn, signOut, text,
} from './account.mjs';

const EMAIL = `ada-${RUN}@example.com`;
const USERNAME = `ada.${RUN}`;
const password = `quilted otter ${RUN}`;

before(openPage);
after(closePage);
afterEach(nothingIsWrong);

describe('the account pages', { concurrency: 1 }, () => {
  test('sign up, and a link verifies the address', async () => {
    await openSignIn();
    await send('#sign-up form', { email: EMAIL, password: 'password1' }, 'ERR_AUTH_WEAK_PASSWORD');
    await send('#sign-up form', { email: EMAIL, password, username: '-' }, 'username: ');
    assert.equal(await page.$eval('#sign-up [name=username]', (input) => input.ariaInvalid), 'true');
    const fields = { email: EMAIL, password, username: USERNAME, firstName: 'Ada', lastName: 'Lovelace' };
    await send('#sign-up form', fields, 'A mail is on its way');
    await send('#resend', { email: EMAIL }, 'a mail is on its way');

    await openMail('verify-address', EMAIL);
    // Opening it changes nothing: scanners do.
    const { error } = await api('/login', { email: EMAIL, password });
    assert.equal(error.code, 'ERR_AUTH_ACCOUNT_NOT_VERIFIED');
    await send('#verify-address form', {}, 'Your address is verified.');
    await send('#verify-address form', {}, 'ERR_AUTH_TOKEN_INVALID');
  });

  test('sign in by address or username', async () => {
    await openSignIn();
    await send('#login form', { identifier: EMAIL, password: 'something else' }, 'ERR_AUTH_INVALID_CREDENTIALS');
    await signIn(EMAIL, password);
    assert.equal(await text('#who'), EMAIL);
    await signOut();
    await signIn(USERNAME.toUpperCase(), password, EMAIL);
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
    await press('#profile form');
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
    await signIn(EMAIL, password);
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

  test('say what is missing where no token came along', async () => {
    for (const name of ['verify-address', 'change-address', 'reset-password', 'magic-link', 'accept-invitation']) {
      await page.goto(`${SITE}/${name}`);
      await shown(`#${name}`);
      assert.equal(await text(`#${name} output`), 'Open this page by the link in the mail.');
      assert.equal(await page.$eval(`#${name} button`, (button) => button.disabled), true);
    }
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
