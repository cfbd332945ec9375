import { beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { ChangeHint } from '../../src/events/hints.js';
import { MalformedEventError } from '../../src/events/webhooks/cloud-event.js';
import { SignatureError, WebhookReceiver } from '../../src/events/webhooks/webhook-receiver.js';
import { InMemoryDeliveryStore, type DeliveryStore } from '../../src/state/delivery-store.js';
import { event, HINT, OTHER_SECRET, SECRET, signatureOf } from './delivery.js';

const START = 1_732_526_080_000;

let now: number;
/** What has happened, in order. */
let told: string[];
let hints: ChangeHint[];
let lines: string[];

beforeEach(() => {
  now = START;
  told = [];
  hints = [];
  lines = [];
});

function receiverWith(deliveries: DeliveryStore = new InMemoryDeliveryStore()): WebhookReceiver {
  return new WebhookReceiver({
    secrets: [SECRET],
    deliveries,
    onHint: (hint) => {
      told.push('hint');
      hints.push(hint);
    },
    onInvalidSignature: () => told.push('invalid signature'),
    logger: pino(
      { level: 'debug', base: null, timestamp: false },
      { write: (line: string) => lines.push(line) },
    ),
    now: () => now,
  });
}

interface Delivery {
  readonly id?: string;
  readonly source?: string;
  readonly secret?: string;
  readonly at?: number;
}

function deliver(receiver: WebhookReceiver, { secret, at = now, ...ids }: Delivery = {}): Promise<string> {
  const body = JSON.stringify({ ...event, ...ids });
  return receiver.receive(signatureOf(body, secret, at), () => Promise.resolve(Buffer.from(body)));
}

/** A store that tells what it is asked, and answers as the test says. */
class ToldStore implements DeliveryStore {
  readonly keys: string[] = [];
  constructor(readonly answer: (question: 'has' | 'add') => Promise<unknown>) {}

  async has(key: string): Promise<boolean> {
    told.push('has');
    this.keys.push(key);
    return (await this.answer('has')) === true;
  }

  async add(key: string): Promise<void> {
    told.push('add');
    this.keys.push(key);
    await this.answer('add');
  }
}

describe('A delivery', () => {
  test('is looked up, acted on and remembered, in this order, by one key without its text', async () => {
    const store = new ToldStore(() => Promise.resolve(false));
    expect(await deliver(receiverWith(store))).toBe('accepted');
    expect(told).toEqual(['has', 'hint', 'add']);
    expect(hints).toEqual([HINT]);
    expect(new Set(store.keys).size).toBe(1);
    expect(store.keys[0]).toMatch(/^[\w-]{43}$/);
  });

  test('counts once', async () => {
    const receiver = receiverWith();
    expect(await deliver(receiver)).toBe('accepted');
    expect(await deliver(receiver)).toBe('duplicate');
    // It is signed anew when it is delivered again.
    now += 3_600_000;
    expect(await deliver(receiver)).toBe('duplicate');
    expect(hints).toHaveLength(1);
  });

  test('is identified by its source and its id together', async () => {
    const receiver = receiverWith();
    const all = [
      {},
      { id: 'other' },
      { source: 'other' },
      { source: 'a', id: 'bc' },
      { source: 'ab', id: 'c' },
    ];
    for (const ids of all) expect(await deliver(receiver, ids)).toBe('accepted');
    for (const ids of all) expect(await deliver(receiver, ids)).toBe('duplicate');
  });

  test('counts once if it arrives twice at the same moment', async () => {
    const receiver = receiverWith();
    const results = await Promise.all([
      deliver(receiver),
      deliver(receiver),
      deliver(receiver, { id: 'other' }),
    ]);
    expect(results.sort()).toEqual(['accepted', 'accepted', 'duplicate']);
    expect(hints).toHaveLength(2);
  });

  test('that could not be handled fails for all its concurrent deliveries, and is accepted when it is repeated', async () => {
    let fails = true;
    const receiver = new WebhookReceiver({
      secrets: [SECRET],
      deliveries: new InMemoryDeliveryStore(),
      onHint: (hint) => {
        if (fails) throw new Error('No.');
        hints.push(hint);
      },
      logger: pino({ level: 'silent' }),
      now: () => now,
    });
    const both = await Promise.allSettled([deliver(receiver), deliver(receiver)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(await deliver(receiver)).toBe('accepted');
    expect(hints).toEqual([HINT]);
  });

  test('is not acted on if its event is malformed', async () => {
    const body = JSON.stringify({ ...event, data: { ...event.data, project_id: '..' } });
    const store = new ToldStore(() => Promise.resolve(false));
    const received = receiverWith(store).receive(signatureOf(body, SECRET, now), async () =>
      Buffer.from(body),
    );
    await expect(received).rejects.toThrow(MalformedEventError);
    expect(told).toEqual([]);
  });

  test('is ignored and logged at debug level if its type is unknown', async () => {
    const body = JSON.stringify({ ...event, type: 'com.cint.invoice.paid' });
    const store = new ToldStore(() => Promise.resolve(false));
    const received = receiverWith(store).receive(signatureOf(body, SECRET, now), async () =>
      Buffer.from(body),
    );
    expect(await received).toBe('ignored');
    expect(told).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(/"level":20,"type":"com\.cint\.invoice\.paid"/)]);
  });
});

describe('A store that fails', () => {
  test('loses no hint, and logs once', async () => {
    let fails = true;
    const answer = () => (fails ? Promise.reject(new Error('Redis is away.')) : Promise.resolve(false));
    const receiver = receiverWith(new ToldStore(answer));
    expect(await deliver(receiver)).toBe('accepted');
    expect(await deliver(receiver)).toBe('accepted');
    expect(hints).toHaveLength(2);
    expect(lines).toEqual([expect.stringContaining('Redis is away.')]);

    fails = false;
    await deliver(receiver);
    fails = true;
    await deliver(receiver);
    expect(lines).toHaveLength(2);
  });

  test('that does not answer is not waited for', async () => {
    const receiver = receiverWith(new ToldStore(() => new Promise(() => undefined)));
    expect(await deliver(receiver)).toBe('accepted');
    expect(hints).toEqual([HINT]);
  });

  test('that cannot remember a delivery lets the next one through', async () => {
    const store = new ToldStore((question) =>
      question === 'has' ? Promise.resolve(false) : Promise.reject(new Error('Redis is away.')),
    );
    const receiver = receiverWith(store);
    expect(await deliver(receiver)).toBe('accepted');
    expect(await deliver(receiver)).toBe('accepted');
  });
});

describe('A signature that does not hold', () => {
  /** What is wrong with it, and whether the body was read. */
  async function faultOf(receiver: WebhookReceiver, header: string | undefined): Promise<[string, boolean]> {
    let isRead = false;
    try {
      await receiver.receive(header, async () => {
        isRead = true;
        return Buffer.from(JSON.stringify(event));
      });
    } catch (error) {
      if (error instanceof SignatureError) return [error.fault, isRead];
      throw error;
    }
    throw new Error('The delivery was accepted.');
  }

  const body = JSON.stringify(event);
  test.each([
    ['missing', undefined, false],
    ['malformed', 'v1=', false],
    ['stale', signatureOf(body, SECRET, START - 301_000), false],
    ['stale', signatureOf(body, SECRET, START + 301_000), false],
    ['forged', signatureOf(body, OTHER_SECRET, START), true],
    ['forged', signatureOf(`${body} `, SECRET, START), true],
  ])(
    'because it is %s calls `onInvalidSignature`, and does not query the store',
    async (fault, header, isRead) => {
      const receiver = receiverWith(new ToldStore(() => Promise.resolve(false)));
      expect(await faultOf(receiver, header)).toEqual([fault, isRead]);
      expect(told).toEqual(['invalid signature']);
      expect(lines).toEqual([expect.stringContaining(`"signature":"${fault}"`)]);
    },
  );

  test('calls `onInvalidSignature` each time, and logs once a minute', async () => {
    const receiver = receiverWith();
    for (let nth = 0; nth < 5; nth += 1) await faultOf(receiver, undefined);
    expect(told).toHaveLength(5);
    expect(lines).toHaveLength(1);
    now += 60_000;
    await faultOf(receiver, undefined);
    expect(lines).toHaveLength(2);
  });
});
