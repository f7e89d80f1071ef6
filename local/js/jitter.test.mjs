// 200 of the official clients whose connections are cut every few seconds, while 20 of them write; and the same with a
// server that is killed in between.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { converse, people } from './crowd.mjs';
import { Platform } from './platform.mjs';

const WRITING = 12_000;

describe('nothing is lost and nothing is heard twice', () => {
  let platform;
  let users;

  before(async () => {
    platform = await Platform.start();
    users = await people(platform);
  });

  after(() => platform.end());

  async function scenario(disturb) {
    const crowd = { platform, users, url: platform.url, clientsEach: 10, writing: WRITING };
    const { clients, connections } = await converse(crowd, disturb);
    assert.ok(connections > 2 * clients, `${connections} connections`);
  }

  test('connections that are cut every few seconds', () => scenario(async () => {}));

  test('a server that is killed while they write', () =>
    scenario(async () => {
      await sleep(WRITING / 3);
      await platform.kill();
      await sleep(300);
      await platform.run();
    }));
});
