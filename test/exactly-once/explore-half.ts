import { expect, jest, test } from '@jest/globals';
import { exploreUntil } from './explore-until.js';
import { settings } from './settings.js';

/** Runs half of the random schedules; two test files share them, so that two processes run in parallel. */
export function exploreHalf(half: 0 | 1): void {
  jest.setTimeout(3_600_000);

  test('under random faults, clients get truthful results, and nothing happens twice', async () => {
    const count = Math.ceil(settings.schedules / 2);
    const seed = settings.seed + half;
    // Schedules without effects would prove nothing.
    const summary = await exploreUntil(
      'Exactly once',
      { seed, count },
      ({ effects, successesAfterRetry, unknownWithEffect }) =>
        effects > count && successesAfterRetry > count / 50 && unknownWithEffect > count / 50,
    );

    expect(summary.schedules).toBe(count);
    expect(summary.effects).toBeGreaterThan(count);
    expect(summary.successesAfterRetry).toBeGreaterThan(count / 50);
    expect(summary.unknownWithEffect).toBeGreaterThan(count / 50);
    expect(summary.outcomes['nothing']).toBeUndefined();
  });
}
