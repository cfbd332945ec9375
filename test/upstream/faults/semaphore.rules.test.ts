import type { CallScope } from '../../../src/upstream/http/call.js';
import { Cancellation } from '../../../src/cancellation.js';
import { Semaphore } from '../../../src/upstream/resilience/semaphore.js';
import { callScope } from './scope.js';
import { gate, pause } from './waiting.js';

function scopeOf(deadlineInMs: number, callerGone = new Cancellation()): CallScope {
  return { ...callScope({ deadlineIn: deadlineInMs }).scope, callerGone };
}

/** What a call does with its permit. */
async function take<T>(semaphore: Semaphore, scope: CallScope, send: () => Promise<T>): Promise<T> {
  const waiting = semaphore.acquire(scope);
  if (waiting !== undefined) await waiting;
  try {
    return await send();
  } finally {
    semaphore.release();
  }
}

/** One permit, which is taken until `leave` is called. */
function busy() {
  const semaphore = new Semaphore(1);
  const { opened, open: leave } = gate();
  const holder = take(semaphore, scopeOf(60_000), () => opened);
  return { semaphore, leave, holder };
}

const notSent = { code: 'TIMEOUT', details: { answerLost: false } };

it('grants as many permits as it has, in order of arrival', async () => {
  const semaphore = new Semaphore(2);
  const gates = [1, 2, 3, 4].map(gate);
  const begun: number[] = [];
  const taken = gates.map(({ opened }, index) =>
    take(semaphore, scopeOf(60_000), () => {
      begun.push(index);
      return opened;
    }),
  );
  for (const [index, { open }] of gates.entries()) {
    expect(begun).toEqual([0, 1, 2, 3].slice(0, index + 2));
    open();
    await taken[index];
    await pause(0);
  }
});

it.each([0.25, 20, -1])(
  'rejects a waiter without a permit at its deadline, after %d ms',
  async (deadline) => {
    const { semaphore, leave, holder } = busy();
    let begun = false;
    const send = async () => {
      begun = true;
    };
    await expect(take(semaphore, scopeOf(deadline), send)).rejects.toMatchObject(notSent);
    leave();
    await holder;
    await take(semaphore, scopeOf(60_000), () => pause(0));
    expect(begun).toBe(false);
  },
);

it.each(['while waiting', 'before'])('rejects a caller that disconnects %s', async (when) => {
  const { semaphore, leave, holder } = busy();
  const gone = new Cancellation();
  if (when === 'before') gone.cancel();
  const waiting = take(semaphore, scopeOf(60_000, gone), () => pause(0));
  gone.cancel();
  await expect(waiting).rejects.toMatchObject(notSent);
  leave();
  await holder;
});

it('lets a call with a permit finish after its deadline and without its caller', async () => {
  const { semaphore, leave, holder } = busy();
  const gone = new Cancellation();
  const { opened, open } = gate();
  let begun = false;
  const taken = take(semaphore, scopeOf(100, gone), async () => {
    begun = true;
    await opened;
    return 'ended';
  });
  leave();
  await holder;
  await pause(0);
  expect(begun).toBe(true);
  gone.cancel();
  await pause(120);
  open();
  expect(await taken).toBe('ended');
});

it('passes on the failure of a call that waited', async () => {
  const { semaphore, leave } = busy();
  const failed = take(semaphore, scopeOf(60_000), () => Promise.reject(new Error('broken')));
  leave();
  await expect(failed).rejects.toThrow('broken');
});
