import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BatchJobStatus } from '../../src/graphql/batch-job/batch-job.enum.js';
import { pollAfterSeconds } from '../../src/graphql/job/job.polling.js';

const NOW = Date.parse('2026-03-01T09:00:00.000Z');
const { PROCESSING, COMPLETED, FAILED, UNKNOWN } = BatchJobStatus;

function advice(status: BatchJobStatus, ageSeconds: number | null): number | null {
  return pollAfterSeconds(status, ageSeconds === null ? null : new Date(NOW - ageSeconds * 1000), NOW);
}

test.each([
  [PROCESSING, 0, 1],
  [PROCESSING, 5.999, 1],
  [PROCESSING, 6, 2],
  [PROCESSING, 30, 6],
  [PROCESSING, 54, 10],
  [PROCESSING, 86_400, 10],
  [PROCESSING, null, 1],
  // A clock ahead of ours.
  [PROCESSING, -60, 1],
  [UNKNOWN, 0, 1],
  [UNKNOWN, 600, 10],
  [COMPLETED, 0, null],
  [COMPLETED, null, null],
  [FAILED, 600, null],
])('a job that is %s, %j seconds old: %j', (status, age, seconds) => {
  expect(advice(status, age)).toBe(seconds);
});

test('the delay is 1 to 10 whole seconds, and never shrinks with age', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }), (age, more) => {
      const seconds = advice(PROCESSING, age);
      expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toContain(seconds);
      expect(advice(PROCESSING, age + more)).toBeGreaterThanOrEqual(seconds!);
    }),
  );
});
