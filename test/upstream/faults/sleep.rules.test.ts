import { expect, test } from '@jest/globals';
import { Cancellation } from '../../../src/cancellation.js';
import { sleepUnlessGone } from '../../../src/upstream/resilience/sleep.js';

const SLEEPS = 100;
const SLEEP_MS = 2;

test('waits for the whole time, each time', async () => {
  const waitedMs: number[] = [];
  while (waitedMs.length < SLEEPS) {
    const begun = performance.now();
    expect(await sleepUnlessGone(SLEEP_MS, new Cancellation())).toBe(true);
    waitedMs.push(performance.now() - begun);
  }
  expect(Math.min(...waitedMs)).toBeGreaterThanOrEqual(SLEEP_MS);
});

test('ends at once when the caller disconnects, before or meanwhile', async () => {
  const gone = new Cancellation();
  const sleeping = sleepUnlessGone(60_000, gone);
  gone.cancel();
  expect(await sleeping).toBe(false);
  expect(await sleepUnlessGone(60_000, gone)).toBe(false);
});
