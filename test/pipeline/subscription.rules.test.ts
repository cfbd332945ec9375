import { jest } from '@jest/globals';
import type { Delivery } from '../../src/operations/response/operation-stream.js';
import { OpenSubscriptions, type Endable } from '../../src/operations/subscriptions/open-subscriptions.js';
import { SharedOperations } from '../../src/operations/subscriptions/shared-operations.js';
import { Subscription, type SubscriptionHost } from '../../src/operations/subscriptions/subscription.js';
import { parse } from 'graphql';
import type { Principal } from '../../src/auth/principal.js';

/** A source whose events the test sends. */
class Source implements AsyncIterator<unknown> {
  pulls = 0;
  returns = 0;
  send: (event: unknown) => void = () => undefined;
  finish: () => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  next(): Promise<IteratorResult<unknown>> {
    this.pulls += 1;
    return new Promise((resolve, reject) => {
      this.send = (value) => {
        resolve({ value, done: false });
      };
      this.finish = () => {
        resolve({ value: undefined, done: true });
      };
      this.fail = reject;
    });
  }

  return(): Promise<IteratorResult<unknown>> {
    this.returns += 1;
    return Promise.resolve({ value: undefined, done: true });
  }
}

class Host implements SubscriptionHost<string> {
  ends = 0;
  render = (event: unknown) => Promise.resolve(`result ${String(event)}`);
  failed = (error: unknown): Promise<Delivery> => Promise.resolve({ kind: 'failed', errors: String(error) });
  expired = (): Delivery => ({ kind: 'expired', errors: 'expired' });
  ended = () => {
    this.ends += 1;
  };
}

describe('A subscription', () => {
  const open = () => {
    const source = new Source();
    const host = new Host();
    return { source, host, subscription: new Subscription(host, source, 'details') };
  };

  test('pulls an event only when it is pulled itself', async () => {
    const { source, subscription } = open();
    expect(source.pulls).toBe(0);
    const first = subscription.pull();
    source.send(1);
    expect(await first).toEqual({ kind: 'result', text: 'result 1' });
    expect(source.pulls).toBe(1);
  });

  test('completes with its source, which is not closed then', async () => {
    const { source, host, subscription } = open();
    const delivery = subscription.pull();
    source.finish();
    expect(await delivery).toEqual({ kind: 'completed' });
    expect(await subscription.pull()).toEqual({ kind: 'completed' });
    expect([source.pulls, source.returns, host.ends]).toEqual([1, 0, 1]);
  });

  test('fails with its source', async () => {
    const { source, host, subscription } = open();
    const delivery = subscription.pull();
    source.fail(new Error('x'));
    expect(await delivery).toEqual({ kind: 'failed', errors: 'Error: x' });
    expect(host.ends).toBe(1);
  });

  test('fails where an event cannot be rendered, and closes its source', async () => {
    const { source, host, subscription } = open();
    host.render = () => Promise.reject(new Error('y'));
    const delivery = subscription.pull();
    source.send(1);
    expect(await delivery).toEqual({ kind: 'failed', errors: 'Error: y' });
    expect([source.returns, host.ends]).toEqual([1, 1]);
  });

  test.each(['expired', 'closing'] as const)(
    'ends for the reason "%s" while it waits, once',
    async (reason) => {
      const { source, host, subscription } = open();
      const delivery = subscription.pull();
      subscription.end(reason);
      subscription.close();
      expect((await delivery).kind).toBe(reason);
      source.send(1);
      expect((await subscription.pull()).kind).toBe(reason);
      expect([source.pulls, source.returns, host.ends]).toEqual([1, 1, 1]);
    },
  );

  test('that is closed closes its source, even if the source fails to close', async () => {
    const { source, host, subscription } = open();
    source.return = () => Promise.reject(new Error('z'));
    subscription.close();
    expect(await subscription.pull()).toEqual({ kind: 'completed' });
    expect([source.pulls, host.ends]).toEqual([0, 1]);
  });

  test('delivers nothing that is rendered after it has ended', async () => {
    const { source, host, subscription } = open();
    let rendered: (text: string) => void = () => undefined;
    host.render = () =>
      new Promise((resolve) => {
        rendered = resolve;
      });
    const delivery = subscription.pull();
    source.send(1);
    await new Promise(setImmediate);
    subscription.end('expired');
    rendered('late');
    expect((await delivery).kind).toBe('expired');
    expect((await subscription.pull()).kind).toBe('expired');
  });
});

describe('Open subscriptions', () => {
  const limits = { max: 3, maxPerPrincipal: 2, maxPerConnection: 1, heartbeatMs: 1 };
  const endable = (): { end: Endable['end']; readonly reasons: string[] } => {
    const reasons: string[] = [];
    return { reasons, end: (reason) => void reasons.push(reason) };
  };

  test('are limited for each principal and in total, and one that ends makes room for another', () => {
    const open = new OpenSubscriptions(limits, Date.now);
    open.reserve('a', 0);
    open.reserve('a', 0);
    expect(() => {
      open.reserve('a', 0);
    }).toThrow(/^You have 2/);
    open.reserve('b', 0);
    expect(() => {
      open.reserve('b', 0);
    }).toThrow(/^The gateway has 3/);
    open.release('a', 0);
    open.reserve('b', 0);
    open.release('b', 0);
    open.reserve('a', 0);
  });

  test('end when their tokens expire, not before, and not when they are removed', () => {
    jest.useFakeTimers();
    const open = new OpenSubscriptions(limits, Date.now);
    const [first, second, removed] = [endable(), endable(), endable()];
    const now = Date.now();
    open.add(first, now + 5000);
    open.add(second, now + 60_000);
    open.add(removed, now + 5000);
    open.remove(removed, now + 5000);
    jest.advanceTimersByTime(4900);
    expect(first.reasons).toEqual([]);
    first.end = (reason) => {
      first.reasons.push(reason);
      open.remove(first, now + 5000);
    };
    jest.advanceTimersByTime(2000);
    expect([first, second, removed].map(({ reasons }) => reasons)).toEqual([['expired'], [], []]);
    open.remove(second, now + 60_000);
    jest.advanceTimersByTime(1000);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  test('end when the process does, also those that are opened then', () => {
    const open = new OpenSubscriptions(limits, Date.now);
    const [before, after] = [endable(), endable()];
    open.add(before, undefined);
    open.close();
    open.add(after, undefined);
    expect([before.reasons, after.reasons]).toEqual([['closing'], ['closing']]);
  });
});

describe('An operation is shared', () => {
  const document = parse('subscription { a }');
  const principal: Principal = {
    key: 'p',
    grants: { accounts: new Set(['1', '2']), scopes: new Set(['fielding:read']) },
    authorization: undefined,
  };
  const trace = { traceId: 't', traceFlags: 0, traceState: undefined };
  const operation = { document, operationName: undefined, variables: { a: 1 }, principal, trace };

  test.each<[string, Partial<typeof operation> | Record<string, unknown>, boolean]>([
    [
      'with an equal one',
      { document: parse('subscription { a }'), variables: { a: 1 }, trace: { ...trace, traceId: 'u' } },
      true,
    ],
    [
      'whatever the order of grants',
      { principal: { ...principal, grants: { ...principal.grants, accounts: new Set(['2', '1']) } } },
      true,
    ],
    ['whenever the token expires', { principal: { ...principal, expiresAt: 1 } }, true],
    ['not with other variables', { variables: { a: 2 } }, false],
    ['not with another document', { document: parse('subscription { b }') }, false],
    ['not with another operation name', { operationName: 'A' }, false],
    ['not with another principal', { principal: { ...principal, key: 'q' } }, false],
    [
      'not with other accounts',
      { principal: { ...principal, grants: { ...principal.grants, accounts: new Set(['1']) } } },
      false,
    ],
    [
      'not with other scopes',
      { principal: { ...principal, grants: { ...principal.grants, scopes: new Set() } } },
      false,
    ],
  ])('%s', (_, other, isShared) => {
    const operations = new SharedOperations();
    expect(operations.acquire(operation) === operations.acquire({ ...operation, ...other })).toBe(isShared);
  });

  test('until all clients have left', () => {
    const operations = new SharedOperations();
    const shared = operations.acquire(operation);
    operations.acquire(operation);
    operations.release(shared);
    expect(operations.acquire(operation)).toBe(shared);
    operations.release(shared);
    operations.release(shared);
    expect(operations.acquire(operation)).not.toBe(shared);
  });

  test('and serializes an event once, and again for later subscribers', async () => {
    jest.useFakeTimers();
    const shared = new SharedOperations().acquire(operation);
    const make = jest.fn(() => Promise.resolve('text'));
    const event = {};
    await Promise.all([shared.text(event, make), shared.text(event, make), shared.text({}, make)]);
    expect(make).toHaveBeenCalledTimes(2);
    jest.advanceTimersByTime(2000);
    expect(await shared.text(event, make)).toBe('text');
    expect(make).toHaveBeenCalledTimes(3);
    jest.useRealTimers();
  });
});
