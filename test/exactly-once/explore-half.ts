import { expect, jest, test } from '@jest/globals';
import { explore } from './explore.js';
import { printLine, settings } from './settings.js';

/** Runs half of the random schedules; two test files share them, so that two processes run in parallel. */
export function exploreHalf(half: 0 | 1): void {
  jest.setTimeout(3_600_000);

  test('under random faults, clients get truthful results, and nothing happens twice', async () => {
    const count = Math.ceil(settings.schedules / 2);
    const seed = settings.seed + half;
    const begun = performance.now();
    const summary = await explore({ seed, count });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    printLine(`Exactly once, seed ${seed}, ${seconds} s: ${summary.toString()}`);

    // Schedules without effects would prove nothing.
    expect(summary.schedules).toBe(count);
    expect(summary.effects).toBeGreaterThan(count);
    expect(summary.successesAfterRetry).toBeGreaterThan(count / 50);
    expect(summary.unknownWithEffect).toBeGreaterThan(count / 50);
    expect(summary.outcomes['nothing']).toBeUndefined();
  });
}
