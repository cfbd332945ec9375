import { expect, jest, test } from '@jest/globals';
import { explore } from './explore.js';
import { printLine, settings } from './settings.js';

jest.setTimeout(3_600_000);

test('in AUTH_MODE=service, principals with one credential get truthful results, and nothing happens twice', async () => {
  const { seed, serviceSchedules: count } = settings;
  const begun = performance.now();
  const summary = await explore({ seed, count, mode: 'service' });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  printLine(`Exactly once in service mode, seed ${seed}, ${seconds} s: ${summary.toString()}`);

  // Schedules without effects, or with tokens that are never rejected, would prove nothing.
  expect(summary.schedules).toBe(count);
  expect(summary.effects).toBeGreaterThan(count);
  expect(summary.tokenRequests).toBeGreaterThan(4);
  expect(summary.outcomes['nothing']).toBeUndefined();
});
