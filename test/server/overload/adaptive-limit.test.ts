import { AdaptiveLimit } from '../../../src/server/overload/adaptive-limit.js';
import type { LoopSample } from '../../../src/server/overload/event-loop.js';

const saturated: LoopSample = {
  busyMs: 10,
  idleMs: 0,
  iterationMs: 1,
  callsWaited: true,
  isAccepting: false,
};
const idling: LoopSample = { ...saturated, busyMs: 5, idleMs: 5 };

function tick(limit: AdaptiveLimit, times: number, sample: LoopSample, inFlight = 1000): number {
  for (let nth = 0; nth < times; nth += 1) limit.tick(sample, inFlight);
  return limit.value;
}

test('starts at the maximum and stays there while the event loop idles now and then', () => {
  expect(tick(new AdaptiveLimit(1000), 10, idling)).toBe(1000);
});

test('stays there while iterations are short and no call waits', () => {
  expect(tick(new AdaptiveLimit(1000), 10, { ...saturated, callsWaited: false })).toBe(1000);
});

test.each([
  ['calls wait', 2, saturated],
  ['iterations are a little too long', 4, { ...saturated, iterationMs: 3.1, callsWaited: false }],
  [
    'connections wait to be accepted',
    1,
    { ...saturated, iterationMs: 0.31, callsWaited: false, isAccepting: true },
  ],
])('while the event loop is saturated and %s, decreases down to %i', (_, fewest, sample) => {
  const limit = new AdaptiveLimit(1000);
  expect(tick(limit, 1, sample, 50)).toBeCloseTo(45);
  expect(tick(limit, 1, sample, 45)).toBeCloseTo(40.5);
  expect(tick(limit, 100, sample, 40)).toBe(fewest);
});

test('decreases in proportion to the length of iterations, but not below a quarter at once', () => {
  const limit = new AdaptiveLimit(1000);
  expect(tick(limit, 1, { ...saturated, iterationMs: 6 }, 100)).toBeCloseTo(50);
  expect(tick(limit, 1, { ...saturated, iterationMs: 1000 }, 50)).toBeCloseTo(12.5);
});

test.each([
  ['half of the time', idling, [3, 5, 8, 12]],
  ['a fifth of the time', { ...saturated, busyMs: 8, idleMs: 2 }, [3, 4, 5, 6]],
  ['never, while no call waits', { ...saturated, callsWaited: false }, [3, 4, 5, 6]],
])('increases in proportion to the idle time when the event loop idles %s', (_, sample, expected) => {
  const limit = new AdaptiveLimit(1000);
  tick(limit, 100, saturated, 2);
  expect([1, 2, 3, 4].map(() => tick(limit, 1, sample))).toEqual(expected);
});

test('never exceeds a maximum below the fewest', () => {
  expect(tick(new AdaptiveLimit(3), 10, { ...saturated, iterationMs: 9, callsWaited: false })).toBe(3);
});

test('never exceeds the maximum', () => {
  const limit = new AdaptiveLimit(3);
  tick(limit, 1, saturated, 3);
  expect(tick(limit, 10, idling)).toBe(3);
});
