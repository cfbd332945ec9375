import { expect, jest, test } from '@jest/globals';
import { exploreUntil } from './explore-until.js';
import { settings } from './settings.js';

jest.setTimeout(3_600_000);

test('in AUTH_MODE=service, principals with one credential get truthful results, and nothing happens twice', async () => {
  const { seed, serviceSchedules: count } = settings;
  // Schedules without effects, or with tokens that are never rejected, would prove nothing.
  const summary = await exploreUntil(
    'Exactly once in service mode',
    { seed, count, mode: 'service' },
    ({ effects, tokenRequests }) => effects > count && tokenRequests > 4,
  );

  expect(summary.schedules).toBe(count);
  expect(summary.effects).toBeGreaterThan(count);
  expect(summary.tokenRequests).toBeGreaterThan(4);
  expect(summary.outcomes['nothing']).toBeUndefined();
});
