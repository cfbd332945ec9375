import { describe, expect, test } from '@jest/globals';
import { BatchJobKind } from '../../src/contract/demand-api.js';
import { UpstreamError } from '../../src/upstream/errors.js';
import {
  accountIdOf,
  accountPath,
  batchJobPath,
  draftLaunchJobPath,
  fieldingRunPath,
  isSegment,
  projectPath,
  shortBatchJobPath,
  targetGroupPath,
  usersPath,
} from '../../src/upstream/resources/resource-ref.js';

const ref = {
  accountId: '101',
  projectId: 'P1',
  targetGroupId: 'T1',
  fieldingRunId: 'R1',
  action: BatchJobKind.Pause,
  jobId: 'J1',
};

const paths = [
  { of: 'account', path: accountPath, parts: ['accountId'], expected: '/demand/accounts/101' },
  {
    of: 'project',
    path: projectPath,
    parts: ['accountId', 'projectId'],
    expected: '/demand/accounts/101/projects/P1',
  },
  {
    of: 'target group',
    path: targetGroupPath,
    parts: ['accountId', 'projectId', 'targetGroupId'],
    expected: '/demand/accounts/101/projects/P1/target-groups/T1',
  },
  {
    of: 'fielding run',
    path: fieldingRunPath,
    parts: ['accountId', 'projectId', 'targetGroupId', 'fieldingRunId'],
    expected: '/demand/accounts/101/projects/P1/target-groups/T1/fielding-runs/R1',
  },
  {
    of: 'batch job',
    path: batchJobPath,
    parts: ['accountId', 'projectId', 'jobId'],
    expected: '/demand/accounts/101/projects/P1/batch-jobs/pause-fielding-runs-by-target-group-id/J1',
  },
  {
    of: 'batch job, as in a Location,',
    path: shortBatchJobPath,
    parts: ['accountId', 'projectId', 'jobId'],
    expected: '/demand/accounts/101/projects/P1/batch-jobs/pause/J1',
  },
  {
    of: 'job that launches a draft',
    path: (of: typeof ref) => draftLaunchJobPath({ ...of, action: 'launch-from-draft' }),
    parts: ['accountId', 'projectId', 'targetGroupId', 'jobId'],
    expected: '/demand/accounts/101/projects/P1/target-groups/T1/fielding-run-jobs/launch-from-draft/J1',
  },
  { of: 'list of users', path: usersPath, parts: ['accountId'], expected: '/accounts/101/users' },
];

const unusableId = new UpstreamError('BAD_RESPONSE', 'The Demand API returned an invalid resource id.');
const unusable = ['', '.', '..', '../x', 'a/b', 'a\\b', '%2e%2e', 'a b', 'a?b', 'a#b', 'é', 'x'.repeat(129)];

describe.each(paths)('the path of a $of', ({ path, parts, expected }) => {
  test('is documented in the contract', () => {
    expect(path(ref)).toBe(expected);
  });

  test.each(parts)('is not built from an invalid %s', (part) => {
    for (const id of unusable) {
      expect(() => path({ ...ref, [part]: id })).toThrow(unusableId);
    }
  });
});

test.each(unusable)('%j is not a segment', (id) => {
  expect(isSegment(id)).toBe(false);
});

test.each([0, 101, 2 ** 31 - 1])('%d is an account id', (id) => {
  expect(accountIdOf(id)).toBe(String(id));
});

test.each([-1, -0.5, 0.5, 101.5, 2 ** 31, 1e21, 1e-7, NaN, Infinity])('%d is not an account id', (id) => {
  expect(() => accountIdOf(id)).toThrow(unusableId);
});
