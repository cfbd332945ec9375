import { ScopedTransport } from '../../../src/upstream/client/scoped-transport.js';
import type { Transport } from '../../../src/upstream/resilience/transport.js';
import { callScope } from './scope.js';

/** These tests make no calls. */
const noTransport = {} as Transport;

function scoped(msLeft: number) {
  const { scope, callerGone } = callScope({ deadlineIn: msLeft });
  return { calls: new ScopedTransport(noTransport, scope), callerGone };
}

/** Much longer than a test takes. */
const AN_HOUR_MS = 3_600_000;

describe('a wait between two reads of an operation', () => {
  it('ends after its time', async () => {
    expect(await scoped(AN_HOUR_MS).calls.wait(5)).toBe(true);
  });

  it('does not start if it would pass the deadline', async () => {
    expect(await scoped(AN_HOUR_MS - 1).calls.wait(AN_HOUR_MS)).toBe(false);
  });

  it('ends as soon as the caller disconnects', async () => {
    const { calls, callerGone } = scoped(2 * AN_HOUR_MS);
    const waiting = calls.wait(AN_HOUR_MS);
    callerGone.cancel();
    expect(await waiting).toBe(false);
  });

  it('does not start if the caller has disconnected', async () => {
    const { calls, callerGone } = scoped(2 * AN_HOUR_MS);
    callerGone.cancel();
    expect(await calls.wait(AN_HOUR_MS)).toBe(false);
  });
});
