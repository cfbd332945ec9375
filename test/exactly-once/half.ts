import { expect, jest, test } from '@jest/globals';
import { explore } from './explore.js';
import { say, settings } from './settings.js';

/** Half of the random schedules; the other half is another file's, so that two processes share them. */
export function exploreHalf(half: 0 | 1): void {
  jest.setTimeout(3_600_000);

  test('whatever goes wrong, what clients are told is what was done, and nothing is done twice', async () => {
    const count = Math.ceil(settings.schedules / 2);
    const seed = settings.seed + half;
    const begun = performance.now();
    const summary = await explore({ seed, count });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    say(`Exactly once, seed ${seed}, ${seconds} s: ${summary.toString()}`);

    // Schedules in which nothing happens would prove nothing.
    expect(summary.schedules).toBe(count);
    expect(summary.effects).toBeGreaterThan(count);
    expect(summary.mended).toBeGreaterThan(count / 50);
    expect(summary.unknownAndDone).toBeGreaterThan(count / 50);
    expect(summary.outcomes['nothing']).toBeUndefined();
  });
}
