import { describe, expect, test } from '@jest/globals';
import { UpstreamError } from '../../src/upstream/errors.js';
import {
  accountPath,
  batchJobPath,
  fieldingRunPath,
  isSegment,
  projectPath,
  targetGroupPath,
} from '../../src/upstream/place.js';

const place = {
  accountId: '101',
  projectId: 'P1',
  targetGroupId: 'T1',
  fieldingRunId: 'R1',
  segment: 'pause',
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
    parts: ['accountId', 'projectId', 'segment', 'jobId'],
    expected: '/demand/accounts/101/projects/P1/batch-jobs/pause/J1',
  },
];

const unusableId = new UpstreamError(
  'BAD_RESPONSE',
  'The Demand API named a resource by an id that is not usable.',
);
const unusable = ['', '.', '..', '../x', 'a/b', 'a\\b', '%2e%2e', 'a b', 'a?b', 'a#b', 'é', 'x'.repeat(129)];

describe.each(paths)('the path of a $of', ({ path, parts, expected }) => {
  test('leads there', () => {
    expect(path(place)).toBe(expected);
  });

  test.each(parts)('is not made of an unusable %s', (part) => {
    for (const id of unusable) {
      expect(() => path({ ...place, [part]: id })).toThrow(unusableId);
    }
  });
});

test.each(unusable)('%j is no segment', (id) => {
  expect(isSegment(id)).toBe(false);
});
