import type { Call, CallScope } from '../../../src/upstream/http/call.js';
import { UpstreamError } from '../../../src/upstream/errors.js';
import type { HttpResponse } from '../../../src/upstream/http/http.js';
import { SingleFlight } from '../../../src/upstream/resilience/single-flight.js';
import { callScope } from './scope.js';
import { gate } from './waiting.js';

function caller(credentialKey?: string, deadlineIn?: number, principalKey?: string) {
  const { scope, callerGone } = callScope({ credentialKey, deadlineIn, principalKey });
  return { scope, leave: () => callerGone.cancel() };
}

function read(path: string, headers?: Record<string, string>): Call {
  return { kind: 'read', method: 'GET', path, ...(headers && { headers }) };
}

function readWith(json: object): Call {
  return { kind: 'read', method: 'POST', path: '/a', json };
}

/** A call that the test settles, and how often it was started. */
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

describe('two concurrent reads', () => {
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

it('a read after another is a new call', async () => {
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
])('a read after a change below %s makes %d calls in total', async (changed, calls) => {
  const { scopes, start, land } = slow();
  const reading = () => flights.read(read('/demand/accounts/101/projects'), caller().scope, start);
  const before = reading();
  flights.endBelow(...changed);
  const after = [reading(), reading()];
  land();
  await Promise.all([before, ...after]);
  expect(scopes).toHaveLength(calls);
});

describe('a disconnecting caller', () => {
  it('ends a call that no other caller awaits', () => {
    const { scopes, start } = slow();
    const { scope, leave } = caller();
    void flights.read(read('/a'), scope, start);
    expect(scopes[0]?.callerGone.cancelled).toBe(false);
    leave();
    expect(scopes[0]?.callerGone.cancelled).toBe(true);
    void flights.read(read('/a'), caller().scope, start);
    expect(scopes).toHaveLength(2);
  });

  it.each([0, 1])('does not end a call that another awaits: caller %d of two', async (leaver) => {
    const { scopes, start, land } = slow();
    const callers = [caller(), caller()];
    const reads = callers.map(({ scope }) => flights.read(read('/a'), scope, start));
    callers[leaver]?.leave();
    expect(scopes[0]?.callerGone.cancelled).toBe(false);
    land();
    expect(await reads[1 - leaver]).toMatchObject({ status: 200 });
    expect(scopes).toHaveLength(1);
  });

  it('ends it if all others have disconnected', () => {
    const { scopes, start } = slow();
    const callers = [caller(), caller(), caller()];
    for (const { scope } of callers) void flights.read(read('/a'), scope, start);
    for (const { leave } of callers) leave();
    expect(scopes.map(({ callerGone }) => callerGone.cancelled)).toEqual([true]);
  });

  it('that disconnects first ends its call at once', () => {
    const { scopes, start } = slow();
    const { scope, leave } = caller();
    leave();
    void flights.read(read('/a'), scope, start);
    expect(scopes[0]?.callerGone.cancelled).toBe(true);
  });
});

describe('a call that reaches the deadline of its first caller', () => {
  const late = () => {
    throw new UpstreamError('TIMEOUT', 'late');
  };

  it.each([
    ['is repeated for a caller that joined and has time left', 60_000, 2, 'fulfilled'],
    ['is not repeated for a caller without time left', -1, 1, 'rejected'],
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

describe('a call that pauses after a 429 of the principal that started it', () => {
  const of = (principal: string) => caller('shared', undefined, principal);

  it('is made again for the other principals of the credential, once, and stays shared with its own', async () => {
    const first = slow();
    const second = slow();
    const alices = [1, 2].map(() => flights.read(read('/a'), of('alice').scope, first.start));
    const others = ['bob', 'bob', 'carol'].map((name) =>
      flights.read(read('/a'), of(name).scope, second.start),
    );
    expect(second.scopes).toEqual([]);
    first.scopes[0]!.sharing!.cancel();
    await new Promise(setImmediate);
    expect(second.scopes).toHaveLength(1);
    second.land();
    await Promise.all(others);
    alices.push(flights.read(read('/a'), of('alice').scope, first.start));
    first.land();
    await Promise.all(alices);
    expect(first.scopes).toHaveLength(1);
  });

  it('is not joined by another principal', () => {
    const { scopes, start } = slow();
    void flights.read(read('/a'), of('alice').scope, start);
    scopes[0]!.sharing!.cancel();
    void flights.read(read('/a'), of('bob').scope, start);
    expect(scopes).toHaveLength(2);
  });

  it('ends when its own principal has disconnected, because the others have left it', async () => {
    const { scopes, start } = slow();
    const alice = of('alice');
    void flights.read(read('/a'), alice.scope, start);
    void flights.read(read('/a'), of('bob').scope, start);
    alice.leave();
    expect(scopes[0]!.callerGone.cancelled).toBe(false);
    scopes[0]!.sharing!.cancel();
    await new Promise(setImmediate);
    expect(scopes.map(({ callerGone }) => callerGone.cancelled)).toEqual([true, false]);
  });

  it('is not made again for a principal that has disconnected', async () => {
    const { scopes, start } = slow();
    const bob = of('bob');
    void flights.read(read('/a'), of('alice').scope, start);
    const left = flights.read(read('/a'), bob.scope, start);
    bob.leave();
    scopes[0]!.sharing!.cancel();
    await expect(left).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(scopes.map(({ callerGone }) => callerGone.cancelled)).toEqual([false]);
  });
});
