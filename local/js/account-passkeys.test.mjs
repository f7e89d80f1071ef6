// The account pages: passkeys, of a virtual authenticator.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import {
  RUN, click, closePage, fill, isSignedIn, join, nothingIsWrong, openPage, openSignIn, page, press, refuseOnce, said,
  send, shown, signIn, signOut, text,
} from './account.mjs';

const EMAIL = `joan-${RUN}@example.com`;
let password = `quilted otter ${RUN}`;

before(async () => {
  await openPage();
  const devtools = await page.createCDPSession();
  await devtools.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  await join(EMAIL, password);
  await openSignIn();
  await signIn(EMAIL, password);
});
after(closePage);
afterEach(nothingIsWrong);

describe('passkeys', { concurrency: 1 }, () => {
  test('are added with a name', async () => {
    await send('#passkeys form', { name: 'my telephone' }, 'The passkey is added.');
    assert.match(await text('#passkeys tbody'), /my telephone/);
    assert.equal(await page.$$eval('#passkeys tbody tr', (rows) => rows.length), 1);
    await signOut();
  });

  test('sign in', async () => {
    await click('#passkey-sign-in');
    await isSignedIn(EMAIL);
    assert.equal(await text('#who'), EMAIL);
  });

  test('make a sign-in fresh', async () => {
    const present = password;
    password = `diligent lemur ${RUN}`;
    await refuseOnce('PUT', '/password', 403, 'STEP_UP_REQUIRED');
    await fill('#password form', { currentPassword: present, newPassword: password });
    await press('#password form');
    await shown('#reauthenticate');
    await click('#reauthenticate-passkey');
    await said('#password form', 'The password is changed.');
  });

  test('are deleted, and then sign in no more', async () => {
    await click('#passkeys tbody button');
    await said('#passkeys form', 'The passkey is deleted.');
    assert.equal(await page.$('#passkeys tbody tr'), null);
    await signOut();
    await click('#passkey-sign-in');
    await said('#login form', 'ERR_AUTH_');
  });
});
