import { setTimeout as sleep } from 'node:timers/promises';
import { AdmissionQueue } from '../../../src/server/overload/admission-queue.js';
import { Cancellation } from '../../../src/cancellation.js';

/** A queue with an adjustable limit, and what became of its requests. */
function queueWith(concurrency: number, max: number, waitMs = 0, min = 0) {
  const limits = { concurrency };
  const queue = new AdmissionQueue({ concurrency: () => limits.concurrency, max, min, waitMs });
  const admitted: number[] = [];
  const rejected: number[] = [];
  const releases = new Map<number, () => void>();
  const enter = async (number: number, gone = new Cancellation()) => {
    try {
      releases.set(number, await queue.admit(gone));
      admitted.push(number);
    } catch (error) {
      expect(error).toMatchObject({ name: gone.cancelled ? 'ClientGoneError' : 'RequestError' });
      rejected.push(number);
    }
  };
  const release = async (number: number) => {
    releases.get(number)?.();
    await settled();
  };
  return { limits, queue, admitted, rejected, enter, release };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('admits up to the concurrency, and the others in order as slots become free', async () => {
  const { queue, admitted, enter, release } = queueWith(2, 10);
  for (const number of [1, 2, 3, 4]) void enter(number);
  await settled();
  expect(admitted).toEqual([1, 2]);
  expect([queue.executing, queue.waiting]).toEqual([2, 2]);
  await release(2);
  expect(admitted).toEqual([1, 2, 3]);
  await release(1);
  expect(admitted).toEqual([1, 2, 3, 4]);
  expect([queue.executing, queue.waiting]).toEqual([2, 0]);
});

test('lets no request overtake those that wait', async () => {
  const { limits, admitted, enter, queue } = queueWith(1, 10);
  for (const number of [1, 2]) void enter(number);
  limits.concurrency = 2;
  void enter(3);
  queue.admitNext();
  await settled();
  expect(admitted).toEqual([1, 2]);
});

test('rejects with 503 what exceeds the maximum', async () => {
  const { queue, admitted, rejected, enter, release } = queueWith(1, 2);
  queue.check();
  for (const number of [1, 2, 3]) void enter(number);
  await settled();
  expect([admitted, rejected]).toEqual([[1], [3]]);
  expect(() => {
    queue.check();
  }).toThrow('overloaded');
  await release(1);
  expect(() => {
    queue.check();
  }).not.toThrow();
});

test('rejects a request that has waited for too long when it would be its turn, and none that has not', async () => {
  const { queue, admitted, rejected, enter, release } = queueWith(1, 100, 20);
  for (const number of [1, 2, 3]) void enter(number);
  await sleep(30);
  void enter(4);
  await settled();
  expect([admitted, rejected]).toEqual([[1], []]);
  await release(1);
  expect([admitted, rejected]).toEqual([
    [1, 4],
    [2, 3],
  ]);
  expect([queue.executing, queue.waiting]).toEqual([1, 0]);
});

test('rejects requests that have waited for too long while no slot becomes free', async () => {
  const { queue, admitted, rejected, enter } = queueWith(1, 100, 20);
  for (const number of [1, 2, 3]) void enter(number);
  queue.admitNext();
  await sleep(30);
  void enter(4);
  queue.admitNext();
  await settled();
  expect([admitted, rejected]).toEqual([[1], [2, 3]]);
  expect([queue.executing, queue.waiting]).toEqual([1, 1]);
});

test('lets requests wait for ever without a limit', async () => {
  const { queue, rejected, enter } = queueWith(1, 100);
  for (const number of [1, 2]) void enter(number);
  await sleep(10);
  queue.admitNext();
  await settled();
  expect(rejected).toEqual([]);
});

test('never rejects a few, however long they wait', async () => {
  const { queue, rejected, enter } = queueWith(1, 100, 1, 3);
  for (const number of [1, 2, 3, 4, 5]) void enter(number);
  await sleep(10);
  queue.admitNext();
  await settled();
  expect(rejected).toEqual([2, 3]);
});

test('forgets a request whose client goes away', async () => {
  const { queue, admitted, rejected, enter, release } = queueWith(1, 10);
  const gone = new Cancellation();
  void enter(1);
  void enter(2, gone);
  void enter(3);
  await settled();
  gone.cancel();
  await release(1);
  expect([admitted, rejected]).toEqual([[1, 3], [2]]);
  expect([queue.executing, queue.waiting]).toEqual([1, 0]);
});

test('counts what it rejects', async () => {
  const { queue, enter } = queueWith(1, 1);
  for (const number of [1, 2]) void enter(number);
  await settled();
  expect([queue.takeRejected(), queue.takeRejected()]).toEqual([1, 0]);
});

test('admits a hundred thousand waiting requests at once without a deep stack', async () => {
  const { limits, queue, admitted, enter } = queueWith(1, Infinity);
  for (let number = 0; number < 100_000; number += 1) void enter(number);
  limits.concurrency = Infinity;
  queue.admitNext();
  await settled();
  expect(admitted).toHaveLength(100_000);
});
