import type { Call, CallScope } from '../../../src/upstream/call.js';
import { Cancellation } from '../../../src/upstream/cancellation.js';
import { UpstreamError } from '../../../src/upstream/errors.js';
import type { HttpResponse } from '../../../src/upstream/http.js';
import { SingleFlight } from '../../../src/upstream/single-flight.js';
import { gate } from './stage.js';

const trace = { traceId: '0123456789abcdef'.repeat(2), traceFlags: 0, traceState: undefined };

function caller(credentialKey = 'alice', deadlineInMs = 60_000) {
  const gone = new Cancellation();
  const deadline = performance.now() + deadlineInMs;
  const scope: CallScope = {
    ...{ authorization: 'Bearer x', credentialKey, common: {}, trace, deadline },
    callerGone: gone,
  };
  return { scope, leave: () => gone.cancel() };
}

function read(path: string, headers?: Record<string, string>): Call {
  return { kind: 'read', method: 'GET', path, ...(headers && { headers }) };
}

function readWith(json: object): Call {
  return { kind: 'read', method: 'POST', path: '/a', json };
}

/** A flight that ends when it is told to, and how often it was started. */
function slow(
  outcome: () => HttpResponse = () => ({
    status: 200,
    header: () => undefined,
    body: { latin1: '' },
  }),
) {
  const { opened, open: land } = gate();
  const scopes: CallScope[] = [];
  const start = async (_call: Call, scope: CallScope) => {
    scopes.push(scope);
    await opened;
    return outcome();
  };
  return { scopes, start, land };
}

let flights: SingleFlight;
beforeEach(() => {
  flights = new SingleFlight();
});

describe('Two reads at the same time', () => {
  it.each([
    ['of one path', read('/a'), read('/a'), 'alice', 1],
    ['of two paths', read('/a'), read('/b'), 'alice', 2],
    ['with equal headers', read('/a', { x: '1' }), read('/a', { x: '1' }), 'alice', 1],
    ['with other headers', read('/a', { x: '1' }), read('/a', { x: '2' }), 'alice', 2],
    ['with and without headers', read('/a'), read('/a', { x: '1' }), 'alice', 2],
    ['of two credentials', read('/a'), read('/a'), 'bob', 2],
    ['with equal bodies', readWith({ ids: ['1'] }), readWith({ ids: ['1'] }), 'alice', 1],
    ['with other bodies', readWith({ ids: ['1'] }), readWith({ ids: ['2'] }), 'alice', 2],
    ['with and without a body', read('/a'), readWith({}), 'alice', 2],
  ])('%s', async (_what, one, other, credential, calls) => {
    const { scopes, start, land } = slow();
    const reads = [
      flights.read(one, caller('alice').scope, start),
      flights.read(other, caller(credential).scope, start),
    ];
    land();
    await Promise.all(reads);
    expect(scopes).toHaveLength(calls);
  });

  it('fail together', async () => {
    const failure = new UpstreamError('UNAVAILABLE', 'down');
    const { scopes, start, land } = slow(() => {
      throw failure;
    });
    const reads = [1, 2].map(() => flights.read(read('/a'), caller().scope, start));
    land();
    expect(await Promise.allSettled(reads)).toEqual(Array(2).fill({ status: 'rejected', reason: failure }));
    expect(scopes).toHaveLength(1);
  });
});

it('A read after another is a new call', async () => {
  const { scopes, start, land } = slow();
  land();
  await flights.read(read('/a'), caller().scope, start);
  await flights.read(read('/a'), caller().scope, start);
  expect(scopes).toHaveLength(2);
});

it.each([
  [['/demand/accounts/101'], 2],
  [['/elsewhere', '/demand/accounts/101'], 2],
  [['/'], 2],
  [['/demand/accounts/202', '/elsewhere'], 1],
])('A read after a change below %s makes %d calls in all', async (changed, calls) => {
  const { scopes, start, land } = slow();
  const reading = () => flights.read(read('/demand/accounts/101/projects'), caller().scope, start);
  const before = reading();
  flights.endBelow(...changed);
  const after = [reading(), reading()];
  land();
  await Promise.all([before, ...after]);
  expect(scopes).toHaveLength(calls);
});

describe('A caller who goes away', () => {
  it('ends a call that nobody else waits for', () => {
    const { scopes, start } = slow();
    const { scope, leave } = caller();
    void flights.read(read('/a'), scope, start);
    expect(scopes[0]?.callerGone.cancelled).toBe(false);
    leave();
    expect(scopes[0]?.callerGone.cancelled).toBe(true);
    void flights.read(read('/a'), caller().scope, start);
    expect(scopes).toHaveLength(2);
  });

  it.each([0, 1])('does not end a call that another waits for: the caller %d of two', async (leaver) => {
    const { scopes, start, land } = slow();
    const callers = [caller(), caller()];
    const reads = callers.map(({ scope }) => flights.read(read('/a'), scope, start));
    callers[leaver]?.leave();
    expect(scopes[0]?.callerGone.cancelled).toBe(false);
    land();
    expect(await reads[1 - leaver]).toMatchObject({ status: 200 });
    expect(scopes).toHaveLength(1);
  });

  it('ends it where all have gone', () => {
    const { scopes, start } = slow();
    const callers = [caller(), caller(), caller()];
    for (const { scope } of callers) void flights.read(read('/a'), scope, start);
    for (const { leave } of callers) leave();
    expect(scopes.map(({ callerGone }) => callerGone.cancelled)).toEqual([true]);
  });

  it('before it asks has the call ended at once', () => {
    const { scopes, start } = slow();
    const { scope, leave } = caller();
    leave();
    void flights.read(read('/a'), scope, start);
    expect(scopes[0]?.callerGone.cancelled).toBe(true);
  });
});

describe('A call that runs out of the time of who started it', () => {
  const late = () => {
    throw new UpstreamError('TIMEOUT', 'late');
  };

  it.each([
    ['is made again for who joined and has some left', 60_000, 2, 'fulfilled'],
    ['is not made again for who has none left either', -1, 1, 'rejected'],
  ])('%s', async (_what, deadlineInMs, calls, status) => {
    const first = slow(late);
    const second = slow();
    second.land();
    const reads = [
      flights.read(read('/a'), caller().scope, first.start),
      flights.read(read('/a'), caller('alice', deadlineInMs).scope, second.start),
    ];
    first.land();
    const outcomes = await Promise.allSettled(reads);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', status]);
    expect([...first.scopes, ...second.scopes]).toHaveLength(calls);
  });
});
