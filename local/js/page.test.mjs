// The page at `/` in a browser, against a running platform (`cargo run`) at BASE_URL, with its AWS at LOCAL_AWS.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { open } from './browser.mjs';

const BASE_URL = process.env.BASE_URL ?? 'http://127.0.0.1:8080';
const LOCAL_AWS = process.env.LOCAL_AWS ?? 'http://127.0.0.1:4566';
const PASSWORD = 'Password123!';
const PATIENCE = 20_000;
// So that this run's messages are told from those of others.
const RUN = Date.now().toString(36);

let close;
let page;
// What the browser complains about, and what scripts in mails say.
const complaints = [];
const said = [];

async function post(path, body, token) {
  const headers = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(BASE_URL + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const { data, error } = await response.json();
  assert.equal(error, null, `${path}: ${JSON.stringify(error)}`);
  return data;
}

async function sqs(operation, body) {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` };
  const response = await fetch(LOCAL_AWS, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  assert.equal(response.status, 200, `${operation}: ${text}`);
  return text ? JSON.parse(text) : {};
}

// Waits until the function is true in the page.
function until(check, ...args) {
  return page.waitForFunction(check, { timeout: PATIENCE, polling: 100 }, ...args);
}

// The message in the list that is shown with these words, once it is there.
async function message(words) {
  const find = (wanted) =>
    [...document.querySelectorAll('#outbox .messages > details')].find((it) => it.textContent.includes(wanted));
  return (await until(find, words)).asElement();
}

before(async () => {
  const opened = await open();
  close = opened.close;
  page = await opened.browser.newPage();
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text());
    else said.push(line.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('dialog', (dialog) => {
    said.push(dialog.message());
    dialog.dismiss();
  });
  await page.goto(BASE_URL, { waitUntil: 'load', timeout: PATIENCE });
});

after(() => close?.());

describe('the page', { concurrency: 1 }, () => {
  test('shows the accounts, and nothing goes wrong', async () => {
    await until(() => document.querySelectorAll('#accounts tbody tr').length >= 7);
    const accounts = await page.$eval('#accounts tbody', (body) => body.textContent);
    for (const shown of ['organizer@eventzr.com', 'admin@startup.co', PASSWORD, 'EventZR Professional']) {
      assert.ok(accounts.includes(shown), shown);
    }
    assert.match(await page.$eval('#accounts .code', (code) => code.textContent), /^\d{6}$/);
    assert.equal(await page.$eval('#state', (state) => state.textContent), '');
    assert.deepEqual(complaints, []);
  });

  test('filters messages by channel', async () => {
    const { accessToken } = await post('/auth/v1/login', { email: 'organizer@eventzr.com', password: PASSWORD });
    const html =
      `<p id="words">${RUN}</p><a id="link" href="${BASE_URL}/auth/v1/health?from=frame">a link</a>` +
      '<script>console.log("a script ran"); document.body.dataset.ran = "yes"; alert("a script ran")</script>' +
      '<img src="x" onerror="console.log(\'a script ran\')">';
    const text = `${BASE_URL}/auth/v1/health?from=list of ${RUN}`;
    const content = { subject: `Mail ${RUN}`, text, html };
    await post('/notify/v1/notifications', { to: 'a@example.com', channels: ['email'], content }, accessToken);
    const number = { to: '+436641234567', channels: ['sms', 'whatsapp'], content: { text: `Text ${RUN}` } };
    await post('/notify/v1/notifications', number, accessToken);

    const channels = (run) =>
      [...document.querySelectorAll('#outbox .messages > details')]
        .filter((it) => it.textContent.includes(run) && it.checkVisibility())
        .map((it) => it.querySelector('summary span').textContent)
        .sort()
        .join();
    const shown = (expected) => until(`(${channels})(${JSON.stringify(RUN)}) === ${JSON.stringify(expected)}`);
    await shown('email,sms,whatsapp');
    for (const channel of ['whatsapp', 'sms', 'email']) {
      await page.select('#channel', channel);
      await shown(channel);
    }
    await page.select('#channel', 'push');
    await shown('');
    await page.select('#channel', '');
    await shown('email,sms,whatsapp');
  });

  test('shows the HTML of a mail in a frame in which nothing runs', async () => {
    const mail = await message(`Mail ${RUN}`);
    await (await mail.$('summary')).click();
    const element = await mail.$('iframe');
    const sandbox = await element.evaluate((frame) => frame.getAttribute('sandbox'));
    assert.ok(sandbox?.includes('allow-popups'), sandbox);
    assert.ok(!/allow-scripts|allow-same-origin|allow-top-navigation/.test(sandbox), sandbox);
    const frame = await element.contentFrame();
    await frame.waitForSelector('#words', { timeout: PATIENCE });
    assert.equal(await frame.$eval('#words', (words) => words.textContent), RUN);
    // A refresh of the page later, it would have run.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.equal(await frame.$eval('body', (body) => body.dataset.ran), undefined);
    assert.deepEqual(said, []);
    assert.equal(await mail.evaluate((it) => it.open), true);
  });

  test('opens the links of a mail elsewhere', async () => {
    const mail = await message(`Mail ${RUN}`);
    const link = await mail.$('a[href*="from=list"]');
    const { target, rel } = await link.evaluate(({ target, rel }) => ({ target, rel }));
    assert.equal(target, '_blank');
    assert.match(rel, /\bnoopener\b/);
    const frame = await (await mail.$('iframe')).contentFrame();
    const links = [[link, 'from=list'], [await frame.$('#link'), 'from=frame']];
    for (const [link, part] of links) {
      const context = page.browserContext();
      const opening = context.waitForTarget((it) => it.url().includes(part), { timeout: PATIENCE });
      await link.click();
      const opened = await (await opening).page();
      assert.equal(await opened.evaluate(() => window.opener), null);
      assert.match(await opened.evaluate(() => document.body.textContent), /auth-svc/);
      await opened.close();
      assert.equal(page.url(), `${BASE_URL}/`);
    }
  });

  test('shows how full the queues are, and gives dead letters back', async () => {
    // A queue without a worker, always the same one: nothing else takes its message.
    const name = 'page-test';
    const { QueueUrl: dead } = await sqs('CreateQueue', { QueueName: `${name}-dead-letters` });
    const { Attributes } = await sqs('GetQueueAttributes', { QueueUrl: dead, AttributeNames: ['QueueArn'] });
    const policy = JSON.stringify({ deadLetterTargetArn: Attributes.QueueArn, maxReceiveCount: 1 });
    const { QueueUrl: queue } = await sqs('CreateQueue', { QueueName: name, Attributes: { RedrivePolicy: policy } });
    for (const url of [queue, dead]) await sqs('PurgeQueue', { QueueUrl: url });
    // Waits until the queue's row says so: waiting, in flight, delayed, dead letters.
    const row = async (expected) => {
      const find = (name, expected) =>
        [...document.querySelectorAll('#queues tbody tr')].find((it) => {
          const [first, ...depths] = [...it.cells].map((cell) => cell.firstChild.textContent);
          return first === name && depths.join() === expected;
        });
      return (await until(find, name, expected)).asElement();
    };
    await sqs('SendMessage', { QueueUrl: queue, MessageBody: 'poisoned' });
    await row('1,0,0,0');
    const receive = async () => (await sqs('ReceiveMessage', { QueueUrl: queue, VisibilityTimeout: 0 })).Messages ?? [];
    assert.equal((await receive()).length, 1);
    assert.equal((await receive()).length, 0);
    const found = await row('0,0,0,1');
    await (await found.$('button')).click();
    await row('1,0,0,0');
    const [message] = await receive();
    assert.equal(message.Body, 'poisoned');
    await sqs('DeleteMessage', { QueueUrl: queue, ReceiptHandle: message.ReceiptHandle });
    await row('0,0,0,0');
  });
});
