import { NotFoundStreak } from '../../src/events/watch/not-found-streak.js';

/** Whether the resource is gone after reads at these times, all answered with 404. */
function isGoneAfter(...times: readonly number[]): boolean {
  const streak = new NotFoundStreak(1000);
  for (const time of times) streak.record(false, time);
  return streak.isGone(times.at(-1)!);
}

test.each<[string, readonly number[], boolean]>([
  ['a single 404', [0], false],
  ['two, however far apart', [0, 600_000], false],
  ['three within 50 ms', [0, 20, 40], false],
  ['many within less than two polls', [0, 400, 800, 1200, 1999], false],
  ['three polls', [0, 1000, 2000], true],
  ['many over two polls', [0, 20, 40, 60, 2000], true],
])('After %s, a resource is gone: %j -> %j', (_name, times, expected) => {
  expect(isGoneAfter(...times)).toBe(expected);
});

test('A read that finds the resource resets the streak', () => {
  const streak = new NotFoundStreak(1000);
  for (const time of [0, 1000]) streak.record(false, time);
  expect(streak.isNotFound).toBe(true);
  streak.record(true, 1500);
  expect(streak.isNotFound).toBe(false);
  for (const time of [2000, 2500, 3000]) streak.record(false, time);
  expect(streak.isGone(3000)).toBe(false);
  streak.record(false, 4000);
  expect(streak.isGone(4000)).toBe(true);
});
