import { expect, test } from '@jest/globals';
import { availableActions } from '../../src/graphql/fielding-run/fielding-run.actions.js';
import { FieldingRunStatus } from '../../src/graphql/fielding-run/fielding-run.enum.js';

const NOW = Date.parse('2026-03-01T09:00:00.000Z');
const ends = {
  'ends later': new Date(NOW + 1),
  'ends at this moment': new Date(NOW),
  'has ended': new Date(NOW - 1),
  'has no end': null,
};

const { SCHEDULED, LIVE, PAUSED, COMPLETED, UNKNOWN } = FieldingRunStatus;

test.each([
  [SCHEDULED, 'ends later', ['LAUNCH_NOW', 'COMPLETE']],
  [SCHEDULED, 'has ended', ['LAUNCH_NOW', 'COMPLETE']],
  [SCHEDULED, 'has no end', ['LAUNCH_NOW', 'COMPLETE']],
  [LIVE, 'ends later', ['PAUSE', 'COMPLETE']],
  [LIVE, 'has ended', ['PAUSE', 'COMPLETE']],
  [LIVE, 'has no end', ['PAUSE', 'COMPLETE']],
  [PAUSED, 'ends later', ['RESUME']],
  [PAUSED, 'ends at this moment', []],
  [PAUSED, 'has ended', []],
  [PAUSED, 'has no end', ['RESUME']],
  [COMPLETED, 'ends later', ['RELAUNCH']],
  [COMPLETED, 'ends at this moment', []],
  [COMPLETED, 'has ended', []],
  [COMPLETED, 'has no end', ['RELAUNCH']],
  [UNKNOWN, 'ends later', []],
  [UNKNOWN, 'has no end', []],
] as const)('a run that is %s and %s: %j', (status, end, actions) => {
  expect(availableActions(status, ends[end], NOW)).toEqual(actions);
});
