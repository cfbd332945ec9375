import { AdmissionQueue } from '../../../src/server/overload/admission-queue.js';
import { Cancellation } from '../../../src/upstream/http/cancellation.js';

/** A queue with adjustable limits, and what became of its requests. */
function queueWith(concurrency: number, total: number) {
  const limits = { concurrency, total };
  const queue = new AdmissionQueue(() => limits);
  const admitted: number[] = [];
  const rejected: number[] = [];
  const releases = new Map<number, () => void>();
  const enter = async (number: number, gone = new Cancellation()) => {
    try {
      releases.set(number, await queue.admit(gone));
      admitted.push(number);
    } catch (error) {
      expect(error).toMatchObject({ name: 'RequestError' });
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
  queue.update();
  await settled();
  expect(admitted).toEqual([1, 2]);
});

test('rejects with 503 what exceeds the total', async () => {
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

test('rejects the newest when the total falls', async () => {
  const { limits, queue, admitted, rejected, enter } = queueWith(1, 10);
  for (const number of [1, 2, 3, 4]) void enter(number);
  limits.total = 2;
  queue.update();
  await settled();
  expect([admitted, rejected]).toEqual([[1], [4, 3]]);
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

test('counts what was answered and rejected', async () => {
  const { queue, enter, release } = queueWith(1, 1);
  for (const number of [1, 2]) void enter(number);
  await settled();
  await release(1);
  expect(queue.takeCounts()).toEqual({ answered: 1, rejected: 1 });
  expect(queue.takeCounts()).toEqual({ answered: 0, rejected: 0 });
});

test('admits a hundred thousand waiting requests at once without a deep stack', async () => {
  const { limits, queue, admitted, enter } = queueWith(1, Infinity);
  for (let number = 0; number < 100_000; number += 1) void enter(number);
  limits.concurrency = Infinity;
  queue.update();
  await settled();
  expect(admitted).toHaveLength(100_000);
});
