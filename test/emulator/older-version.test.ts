import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isOlderVersion, olderBody } from '../../src/emulator/http/older-version.js';
import { demo } from '../../src/emulator/index.js';
import {
  callApi,
  demoPaths,
  finishedJob,
  jobPath,
  readApi,
  startTestEmulator,
  type TestEmulator,
} from '../helpers/emulator.js';

type Json = Record<string, unknown>;

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

const in2025May = { headers: { 'cint-api-version': '2025-05-27' } };
const both = async (path: string): Promise<[newest: Json, older: Json]> => [
  await readApi<Json>(emulator, path),
  await readApi<Json>(emulator, path, in2025May),
];

test.each([
  ['2025-12-18', false],
  ['2026-03-01', false],
  ['2025-12-17', true],
  ['2024-12-02', true],
])('%s has the older format: %s', (version, older) => {
  expect(isOlderVersion(version)).toBe(older);
});

describe('olderBody', () => {
  const older = (body: unknown): unknown => olderBody(body, (id) => (id === 'T1' ? 'Dog owners' : undefined));

  test('turns amounts into numbers, and flattens issues', () => {
    const reason = { code: '1204', description: 'Many give up.' };
    const issues = [{ reason, issue_type: 'warning', suggestions: [reason] }];
    expect(older({ value: { value: '2.50', currency_code: 'USD' }, issues })).toEqual({
      value: 2.5,
      issues: [reason],
    });
  });

  test("names a job's known target groups and omits its creator", () => {
    const data = [{ target_group_id: 'T1' }, { target_group_id: 'T2' }];
    expect(older({ created_by: 'U', updated_target_groups: { data } })).toEqual({
      updated_target_groups: {
        data: [{ target_group_id: 'T1', target_group_name: 'Dog owners' }, { target_group_id: 'T2' }],
      },
    });
  });

  test('keeps everything that is the same in all versions', () => {
    const body = { id: 'P1', status: 'active', nested: [null, 1, 'text', true] };
    expect(older(body)).toEqual(body);
  });
});

test('capitalises run statuses but not target group statuses', async () => {
  const [newest, older] = await both(demoPaths.run(demo.live));
  expect([newest['status'], older['status']]).toEqual(['live', 'Live']);
  expect(older['version']).toBe(newest['version']);
  const [newestGroup, olderGroup] = await both(`${demoPaths.targetGroup(demo.live)}/overview`);
  expect([newestGroup['status'], olderGroup['status']]).toEqual(['live', 'live']);
});

test('a project has a purchase order number', async () => {
  const [newest, older] = await both(demoPaths.project);
  expect(newest).toMatchObject({ project_customer_reference_number: 'PO-2041-77' });
  expect(newest).not.toHaveProperty('purchase_order_number');
  expect(older).toMatchObject({ purchase_order_number: 'PO-2041-77' });
  expect(older).not.toHaveProperty('project_customer_reference_number');
});

test('an overview has a numeric price, and neither manager nor creation time', async () => {
  const [newest, older] = await both(`${demoPaths.targetGroup(demo.live)}/overview`);
  const { value } = newest['average_cost_per_interview'] as { value: string };
  expect(older['average_cost_per_interview']).toBe(Number(value));
  expect(newest).toMatchObject({ project_manager_id: expect.any(String), created_at: expect.any(String) });
  expect(Object.keys(older)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(project_manager_id|created_at|current_cost)$/)]),
  );
});

test('a list ends without a cursor', async () => {
  const [newest, older] = await both(`${demoPaths.project}/target-groups?page_size=100`);
  expect(newest['next_cursor']).toBeNull();
  expect(older).not.toHaveProperty('next_cursor');
});

test('a job names its target groups', async () => {
  const response = await callApi(emulator, 'POST', demoPaths.batchJobs('pause'), {
    body: { target_group_ids: [demo.paused.targetGroupId, demo.draft.targetGroupId] },
  });
  const location = response.headers.get('location')!;
  await finishedJob(emulator, location);
  const [newest, older] = await both(jobPath(location));
  expect(newest).toHaveProperty('created_by');
  expect(older).not.toHaveProperty('created_by');
  const named = { data: [{ target_group_id: expect.any(String), target_group_name: expect.any(String) }] };
  expect(older).toMatchObject({ updated_target_groups: named, failed_target_groups: named });
});
