// The account pages: a new password, and the second factor.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import {
  RUN, click, closePage, fill, isSignedIn, nothingIsWrong, openAs, openMail, page, press, refuseOnce, said, send,
  shown, signIn, signOut, text,
} from './account.mjs';
import { Authenticator } from './authenticator.mjs';

const EMAIL = `grace-${RUN}@example.com`;
let password = `quilted otter ${RUN}`;
let authenticator;
let backupCodes;

before(() => openAs(EMAIL, password));
after(closePage);
afterEach(nothingIsWrong);

// They are shown once.
async function keepBackupCodes() {
  await shown('#backup-codes');
  backupCodes = await page.$$eval('#backup-codes li', (found) => found.map((code) => code.textContent));
  assert.equal(backupCodes.length, 10);
  assert.equal(await text('#totp-replace strong'), '10');
  await click('#backup-codes button');
  assert.equal(await text('#backup-codes ul'), '');
}

describe('passwords and second factors', { concurrency: 1 }, () => {
  test('change the password, after a fresh sign-in', async () => {
    const present = password;
    password = `patient heron ${RUN}`;
    const fields = { currentPassword: present, newPassword: password };
    await refuseOnce('PUT', '/password', 403, 'STEP_UP_REQUIRED');
    await fill('#password form', fields);
    await press('#password form');
    await shown('#reauthenticate');
    await send('#reauthenticate form', { password: 'something else' }, 'ERR_AUTH_INVALID_CREDENTIALS');
    await send('#reauthenticate form', { password: present });
    await said('#password form', 'The password is changed.');
    await signOut();
    await send('#login form', { identifier: EMAIL, password: present }, 'ERR_AUTH_INVALID_CREDENTIALS');
    await signIn(EMAIL, password);
  });

  test('say why nothing was changed if the fresh sign-in is cancelled', async () => {
    await refuseOnce('PUT', '/password', 403, 'STEP_UP_REQUIRED');
    await fill('#password form', { newPassword: 'something else' });
    await press('#password form');
    await shown('#reauthenticate');
    await click('#reauthenticate-cancel');
    await said('#password form', 'ERR_AUTH_STEP_UP_REQUIRED');
  });

  test('set up a second factor', async () => {
    await press('#totp-begin');
    await shown('#totp-activate');
    const picture = await page.$eval('#totp-picture', (image) => image.decode().then(() => image.naturalWidth));
    assert.ok(picture > 100, String(picture));
    authenticator = new Authenticator(await text('#totp-secret'));
    await send('#totp-activate', { code: '000000' }, 'ERR_AUTH_MFA_INVALID_CODE');
    await fill('#totp-activate', { code: await authenticator.code() });
    await press('#totp-activate');
    await keepBackupCodes();
    assert.equal(await text('#totp-secret'), '');
    // This session goes on.
    await send('#profile form', {}, 'Saved.');
    await signOut();
  });

  test('sign in with a code, and with a backup code', async () => {
    await send('#login form', { identifier: EMAIL, password });
    await shown('#challenge');
    await send('#challenge form', { code: '000000' }, 'ERR_AUTH_MFA_INVALID_CODE');
    await send('#challenge form', { code: await authenticator.code() });
    await isSignedIn(EMAIL);
    await shown('#totp-disable');
    await signOut();
    await send('#login form', { identifier: EMAIL, password });
    await shown('#challenge');
    await send('#challenge form', { code: backupCodes.pop() });
    await isSignedIn(EMAIL);
    await signOut();
  });

  test('sign in by a mailed link, with the second factor', async () => {
    await send('#magic form', { email: EMAIL }, 'a mail is on its way');
    await openMail('magic-link', EMAIL);
    await send('#magic-link form');
    await shown('#challenge');
    await send('#challenge form', { code: await authenticator.code() });
    await isSignedIn(EMAIL);
    await signOut();
  });

  test('set a new password by a mailed link', async () => {
    await send('#forgot form', { email: EMAIL }, 'a mail is on its way');
    await openMail('reset-password', EMAIL);
    password = `lenient walrus ${RUN}`;
    await send('#reset-password form', { newPassword: 'password1' }, 'ERR_AUTH_WEAK_PASSWORD');
    await send('#reset-password form', { newPassword: password }, 'The new password is set.');
    await click('#reset-password output a');
    await shown('#login');
    await send('#login form', { identifier: EMAIL, password });
    await shown('#challenge');
    await send('#challenge form', { code: backupCodes.pop() });
    await isSignedIn(EMAIL);
  });

  test('replace the backup codes, after a fresh sign-in', async () => {
    assert.equal(await text('#totp-replace strong'), String(backupCodes.length));
    await refuseOnce('POST', '/mfa/totp/backup-codes', 403, 'STEP_UP_REQUIRED');
    await press('#totp-replace');
    await shown('#reauthenticate');
    await send('#reauthenticate form', { password, code: backupCodes.pop() });
    await said('#totp-replace', 'The codes of before work no more.');
    const old = backupCodes.pop();
    await keepBackupCodes();
    assert.ok(!backupCodes.includes(old));
    await signOut();
    await send('#login form', { identifier: EMAIL, password });
    await shown('#challenge');
    await send('#challenge form', { code: old }, 'ERR_AUTH_MFA_INVALID_CODE');
    await send('#challenge form', { code: backupCodes.pop() });
    await isSignedIn(EMAIL);
    assert.equal(await text('#totp-replace strong'), '9');
  });

  test('go without the second factor', async () => {
    await send('#totp-disable', { code: '000000' }, 'ERR_AUTH_MFA_INVALID_CODE');
    await fill('#totp-disable', { code: backupCodes.pop() });
    await press('#totp-disable');
    await shown('#totp-begin');
    assert.equal(await text('#totp-begin output'), 'The second factor is gone.');
    await signOut();
    await signIn(EMAIL, password);
    await signOut();
  });
});
