import { expect, test } from '@jest/globals';
import { availableActions } from '../../src/graphql/fielding-run/fielding-run.actions.js';
import { FieldingRunStatus } from '../../src/graphql/fielding-run/fielding-run.enum.js';

const NOW = Date.parse('2026-03-01T09:00:00.000Z');
const ends = {
  'ending later': new Date(NOW + 1),
  'ending now': new Date(NOW),
  ended: new Date(NOW - 1),
  'without an end': null,
};

const { SCHEDULED, LIVE, PAUSED, COMPLETED, UNKNOWN } = FieldingRunStatus;

test.each([
  [SCHEDULED, 'ending later', ['LAUNCH_NOW', 'COMPLETE']],
  [SCHEDULED, 'ended', ['LAUNCH_NOW', 'COMPLETE']],
  [SCHEDULED, 'without an end', ['LAUNCH_NOW', 'COMPLETE']],
  [LIVE, 'ending later', ['PAUSE', 'COMPLETE']],
  [LIVE, 'ended', ['PAUSE', 'COMPLETE']],
  [LIVE, 'without an end', ['PAUSE', 'COMPLETE']],
  [PAUSED, 'ending later', ['RESUME']],
  [PAUSED, 'ending now', []],
  [PAUSED, 'ended', []],
  [PAUSED, 'without an end', ['RESUME']],
  [COMPLETED, 'ending later', ['RELAUNCH']],
  [COMPLETED, 'ending now', []],
  [COMPLETED, 'ended', []],
  [COMPLETED, 'without an end', ['RELAUNCH']],
  [UNKNOWN, 'ending later', []],
  [UNKNOWN, 'without an end', []],
] as const)('a run that is %s and %s: %j', (status, end, actions) => {
  expect(availableActions(status, ends[end], NOW)).toEqual(actions);
});
