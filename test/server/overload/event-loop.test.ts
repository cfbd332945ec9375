import { setImmediate as nextIteration } from 'node:timers/promises';
import { monitorEventLoop } from '../../../src/server/overload/event-loop.js';

const ITERATIONS = 20;

test('notices that most iterations accept a connection, as they do while more wait', async () => {
  let accepted = 0;
  const sample = monitorEventLoop({
    callQueue: () => ({ waiting: 0, waited: 0 }),
    accepted: () => accepted,
  });
  const samples: boolean[] = [];
  for (const perIteration of [1, 0, 0.25]) {
    for (let nth = 0; nth < ITERATIONS; nth += 1) {
      accepted += perIteration;
      await nextIteration();
    }
    samples.push(sample().isAccepting);
  }
  expect(samples).toEqual([true, false, false]);
});

test('notices calls that wait, or have waited since the last sample', () => {
  const queue = { waiting: 0, waited: 0 };
  const sample = monitorEventLoop({ callQueue: () => queue, accepted: () => 0 });
  const samples = [
    { waiting: 0, waited: 0 },
    { waiting: 1, waited: 0 },
    { waiting: 0, waited: 2 },
    { waiting: 0, waited: 2 },
  ].map((next) => {
    Object.assign(queue, next);
    return sample().callsWaited;
  });
  expect(samples).toEqual([false, true, true, false]);
});
