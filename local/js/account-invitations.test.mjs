// The account pages: invitations of the platform's admins.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import {
  RUN, api, click, closePage, invite, nothingIsWrong, openLink, openMail, openPage, openSignIn, page, said,
  seeded, send, shown, signIn, text,
} from './account.mjs';

const EMAIL = `mary-${RUN}@example.com`;
const USERNAME = `mary.${RUN}`;
// Of another tenant than the one that the account is made in.
const OTHER_ADMIN = 'admin@startup.co';
const password = `quilted otter ${RUN}`;
let link;

before(openPage);
after(closePage);
afterEach(nothingIsWrong);

// How many members of this tenant have the address.
async function members(admin) {
  const { data } = await api('/users/lookup', { emails: [EMAIL] }, await seeded(admin));
  return data.length;
}

describe('invitations', { concurrency: 1 }, () => {
  test('make an account', async () => {
    const tenant = await invite(EMAIL);
    link = await openMail('accept-invitation', EMAIL);
    await send('#accept-invitation form', {}, 'password: ');
    assert.equal(await page.$eval('#accept-invitation [name=password]', (input) => input.ariaInvalid), 'true');
    await send('#accept-invitation form', { password: 'password1' }, 'ERR_AUTH_WEAK_PASSWORD');
    const fields = { password, username: USERNAME, firstName: 'Mary', lastName: 'Shelley' };
    await send('#accept-invitation form', fields, 'Your account is made.');
    assert.equal(await page.$eval('#accept-invitation [name=password]', (input) => input.value), '');
    await click('#accept-invitation output a');
    await shown('#login');
    await signIn(USERNAME, password, EMAIL);
    const profile = await text('#profile dl');
    for (const fact of ['Mary Shelley', EMAIL, USERNAME, tenant]) assert.ok(profile.includes(fact), profile);
  });

  test('are good once', async () => {
    await openLink(link);
    await send('#accept-invitation form', { password }, 'This link was used already');
    await said('#accept-invitation form', 'ERR_AUTH_TOKEN_INVALID');
  });

  test('leave an account as it is, but for its tenants', async () => {
    await invite(EMAIL, OTHER_ADMIN);
    link = await openMail('accept-invitation', EMAIL);
    assert.equal(await members(OTHER_ADMIN), 0);
    const another = `lenient walrus ${RUN}`;
    const fields = { password: another, firstName: 'Eve' };
    await send('#accept-invitation form', fields, 'Its password and names stay as they are.');
    assert.equal(await members(OTHER_ADMIN), 1);
    await openSignIn();
    await send('#login form', { identifier: EMAIL, password: another }, 'ERR_AUTH_INVALID_CREDENTIALS');
    await signIn(EMAIL, password);
    assert.match(await text('#profile dl'), /Mary Shelley/);
  });

  test('of an account are good once, too', async () => {
    await openLink(link);
    await send('#accept-invitation form', {}, 'ERR_AUTH_TOKEN_INVALID');
  });
});
