import { describe, expect, test } from '@jest/globals';
import { continueTrace } from '../../src/telemetry/trace-context.js';
import type { CallScope } from '../../src/upstream/call.js';
import { Turns } from '../../src/upstream/turns.js';

function scopeUntil(deadline: number, callerGone = new AbortController().signal): CallScope {
  const trace = continueTrace(undefined, undefined);
  return { authorization: 'Bearer x', credentialKey: 'x', trace, deadline, callerGone };
}

/** One place, which is taken until `leave` is called. */
function takenTurns() {
  const turns = new Turns(1);
  let leave = (): void => undefined;
  const taken = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const first = turns.take(scopeUntil(Infinity), () => taken);
  return {
    turns,
    leave: async () => {
      leave();
      await first;
    },
  };
}

const notSent = { code: 'TIMEOUT', details: { answerLost: false } };

describe('a call that waits for its turn', () => {
  test('is sent when it comes, and answers what it answers', async () => {
    const { turns, leave } = takenTurns();
    // Deadlines are fractions of milliseconds.
    const waiting = turns.take(scopeUntil(performance.now() + 10_000.4567), () => Promise.resolve('answer'));
    await leave();
    expect(await waiting).toBe('answer');
  });

  test('fails as it fails', async () => {
    const { turns, leave } = takenTurns();
    const waiting = turns.take(scopeUntil(performance.now() + 10_000), () => Promise.reject(new Error('no')));
    const failed = expect(waiting).rejects.toThrow('no');
    await leave();
    await failed;
  });

  test.each([0.5, -1])('is never sent where its time is over in %d ms', async (ms) => {
    const { turns, leave } = takenTurns();
    let sent = false;
    const waiting = turns.take(scopeUntil(performance.now() + ms), () => {
      sent = true;
      return Promise.resolve();
    });
    await expect(waiting).rejects.toMatchObject(notSent);
    await leave();
    expect(sent).toBe(false);
  });

  test('is never sent where its caller goes away', async () => {
    const { turns, leave } = takenTurns();
    const caller = new AbortController();
    let sent = false;
    const waiting = turns.take(scopeUntil(performance.now() + 10_000, caller.signal), () => {
      sent = true;
      return Promise.resolve();
    });
    const failed = expect(waiting).rejects.toMatchObject(notSent);
    caller.abort();
    await failed;
    await leave();
    expect(sent).toBe(false);
  });
});
