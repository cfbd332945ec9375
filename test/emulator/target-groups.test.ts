import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import { callApi, demoPaths, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

const statusOf = async (path: string, token: string = demo.token): Promise<number> =>
  (await callApi(emulator, 'GET', path, { token })).status;

test.each(['overview', 'details'])('a launched target group has %s, a draft does not', async (view) => {
  expect(await statusOf(`${demoPaths.targetGroup(demo.live)}/${view}`)).toBe(200);
  expect(await statusOf(`${demoPaths.targetGroup(demo.draft)}/${view}`)).toBe(404);
});

test.each(['', '?x=1&y=2'])(
  'redirects a launched target group to its details, with the query %j',
  async (query) => {
    const path = demoPaths.targetGroup(demo.live);
    const response = await callApi(emulator, 'GET', path + query);
    expect(response.status).toBe(301);
    expect(response.headers.get('location')).toBe(`/v1${path}/details${query}`);
  },
);

test('finds a target group only under its own account and project', async () => {
  const path = demoPaths.targetGroup(demo.draft);
  expect(await statusOf(path, demo.bothToken)).toBe(200);
  expect(await statusOf(path.replace('/101/', '/202/'), demo.bothToken)).toBe(404);
  expect(await statusOf(path.replace(demo.projectId, demo.largeProjectId))).toBe(404);
});
