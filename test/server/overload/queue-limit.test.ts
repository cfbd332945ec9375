import type { LoopSample } from '../../../src/server/overload/event-loop.js';
import { QueueLimit, type QueueLimitOptions } from '../../../src/server/overload/queue-limit.js';

const options: QueueLimitOptions = { max: 1000, min: 64, waitMs: 500 };
/** 100 ms of an event loop that never idles. */
const saturated: LoopSample = { busyMs: 100, idleMs: 0, iterationMs: 1, callsWaited: false };
const idling: LoopSample = { ...saturated, busyMs: 20, idleMs: 80 };

function tick(limit: QueueLimit, times: number, sample: LoopSample, answered: number): number {
  for (let nth = 0; nth < times; nth += 1) limit.tick(sample, answered);
  return limit.value;
}

test('is the maximum while the event loop idles now and then', () => {
  expect(tick(new QueueLimit(options), 100, { ...saturated, busyMs: 90, idleMs: 10 }, 50)).toBe(1000);
});

test('lets a burst pass', () => {
  expect(tick(new QueueLimit(options), 2, saturated, 50)).toBe(1000);
});

test('cuts a standing queue to what is answered within the wait', () => {
  expect(tick(new QueueLimit(options), 3, saturated, 50)).toBeCloseTo(250);
});

test('counts one long pause as a burst', () => {
  const limit = new QueueLimit(options);
  expect(tick(limit, 2, { ...saturated, busyMs: 1000 }, 50)).toBe(1000);
  expect(tick(limit, 1, saturated, 50)).toBeLessThan(1000);
});

test('never rejects a few requests, even if none is answered', () => {
  expect(tick(new QueueLimit(options), 3, saturated, 0)).toBe(64);
});

test('follows the present rate', () => {
  const limit = new QueueLimit(options);
  tick(limit, 100, saturated, 50);
  expect(tick(limit, 100, saturated, 20)).toBeCloseTo(100, 0);
});

test('never exceeds the maximum', () => {
  expect(tick(new QueueLimit({ ...options, max: 200 }), 100, saturated, 50)).toBe(200);
});

test('doubles within half the wait when the event loop idles again', () => {
  const limit = new QueueLimit(options);
  tick(limit, 3, saturated, 50);
  expect(Array.from({ length: 6 }, () => Math.round(tick(limit, 1, idling, 10)))).toEqual([
    330, 435, 574, 758, 1000, 1000,
  ]);
});

test('is the maximum where no wait is configured', () => {
  expect(tick(new QueueLimit({ ...options, waitMs: 0 }), 100, saturated, 50)).toBe(1000);
});
