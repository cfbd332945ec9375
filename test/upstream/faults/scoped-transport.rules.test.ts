import { Cancellation } from '../../../src/upstream/http/cancellation.js';
import { ScopedTransport } from '../../../src/upstream/client/scoped-transport.js';
import type { Transport } from '../../../src/upstream/resilience/transport.js';

/** Nothing in these tests makes a call. */
const noTransport = {} as Transport;

function scoped(msLeft: number) {
  const callerGone = new Cancellation();
  const scope = {
    authorization: 'Bearer token',
    credentialKey: 'key',
    sharedHeaders: {},
    trace: { traceId: '0'.repeat(32), traceFlags: 0, traceState: undefined },
    deadline: performance.now() + msLeft,
    callerGone,
  };
  return { calls: new ScopedTransport(noTransport, scope), callerGone };
}

/** Far longer than a test may take. */
const AN_HOUR_MS = 3_600_000;

describe('A wait between two reads of an operation', () => {
  it('is over after its time', async () => {
    expect(await scoped(AN_HOUR_MS).calls.wait(5)).toBe(true);
  });

  it('is not begun where it would end after the deadline', async () => {
    expect(await scoped(AN_HOUR_MS - 1).calls.wait(AN_HOUR_MS)).toBe(false);
  });

  it('ends as soon as the caller goes away', async () => {
    const { calls, callerGone } = scoped(2 * AN_HOUR_MS);
    const waiting = calls.wait(AN_HOUR_MS);
    callerGone.cancel();
    expect(await waiting).toBe(false);
  });

  it('is not begun where the caller has gone', async () => {
    const { calls, callerGone } = scoped(2 * AN_HOUR_MS);
    callerGone.cancel();
    expect(await calls.wait(AN_HOUR_MS)).toBe(false);
  });
});
