import { describe, expect, test } from '@jest/globals';
import { isFromWorker, isToWorker, MAX_BODY } from '../../src/cluster/messages.js';
import { Balance, excesses } from '../../src/cluster/balance.js';
import { closeWithinMs, deathsInARow, respawnDelayMs, retireWithinMs } from '../../src/cluster/timing.js';
import { readConfig } from '../../src/config.js';

const MINUTE = 60_000;
const key = 'k'.repeat(43);

describe('A worker that died is replaced', () => {
  test('later with each that died young before it, up to half a minute', () => {
    let deaths = 0;
    const delays = Array.from({ length: 12 }, () => respawnDelayMs((deaths = deathsInARow(deaths, 500))));
    expect(delays.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(delays.slice(-2)).toEqual([30_000, 30_000]);
  });

  test('at once, or nearly so, where it had lived for a while', () => {
    expect(respawnDelayMs(deathsInARow(9, MINUTE))).toBe(100);
    expect(deathsInARow(9, MINUTE - 1)).toBe(10);
  });
});

test('a worker that is replaced waits longer for its connections than clients may leave one unused', () => {
  expect(retireWithinMs(readConfig({ REQUEST_TIMEOUT_MS: '1000' }))).toBe(74_000);
});

test('a worker that closes has time for what closing waits for', () => {
  expect(closeWithinMs(readConfig({ REQUEST_TIMEOUT_MS: '1000', DRAIN_DELAY_MS: '300' }))).toBe(7300);
});

describe('Connections are evened out', () => {
  test.each([
    ['even', [3, 3, 3], [0, 0, 0]],
    ['as even as can be', [3, 2], [0, 0]],
    ['all with one', [2, 0], [1, 0]],
    ['one with one', [1, 0], [0, 0]],
    ['a tenth more than others', [110, 90], [0, 0]],
    ['more than that', [120, 80], [10, 0]],
    ['far too many with one of three', [700, 100, 100], [370, 0, 0]],
    ['of nobody', [], []],
  ])('%s: of %j, %j are given up', (_what, counts, given) => {
    expect(excesses(counts)).toEqual(given);
  });

  test('among those that take part', () => {
    const shed: [string, number][] = [];
    const holder = (name: string) => ({
      shed: (connections: number) => {
        shed.push([name, connections]);
      },
    });
    const [one, two, three] = [holder('one'), holder('two'), holder('three')];
    const balance = new Balance();
    balance.note(one, 10);
    balance.note(two, 0);
    balance.note(three, 90);
    balance.forget(three);
    balance.restore();
    expect(shed).toEqual([['one', 5]]);
    balance.note(one, 5);
    balance.note(two, 5);
    balance.restore();
    expect(shed).toHaveLength(1);
  });
});

describe('A message', () => {
  test.each([
    { type: 'here' },
    { type: 'ready', url: 'http://127.0.0.1:4000' },
    { type: 'failed', message: 'why' },
    { type: 'connections', count: 0 },
    { type: 'ask', id: 1, ask: { about: 'claim', key, fingerprint: key } },
    { type: 'ask', id: 1, ask: { about: 'release', key, use: 1 } },
    { type: 'ask', id: 1, ask: { about: 'job', key } },
    { type: 'ask', id: 1, ask: { about: 'job-created', key, jobId: 'J1' } },
    { type: 'ask', id: 1, ask: { about: 'job-finished', key, body: '{}' } },
  ])('of a worker: %j', (message) => {
    expect(isFromWorker(message)).toBe(true);
    expect(isToWorker(message)).toBe(false);
  });

  test.each([
    { type: 'start', port: 0 },
    {
      type: 'start',
      port: 4000,
      demandApiUrl: 'http://127.0.0.1:4010/v1',
      firstQuery: { document: '{ accounts { id } }', variables: {}, headers: {} },
    },
    { type: 'shed', connections: 1 },
    { type: 'retire' },
    { type: 'close' },
    { type: 'told', id: 1, told: {} },
    { type: 'told', id: 1, told: { use: 7 } },
    { type: 'told', id: 1, told: { createdId: 'J1', finished: '{}' } },
    { type: 'told', id: 1, told: null },
  ])('of the primary: %j', (message) => {
    expect(isToWorker(message)).toBe(true);
    expect(isFromWorker(message)).toBe(false);
  });

  test.each([
    null,
    'ready',
    [],
    {},
    { type: 'unheard-of' },
    { type: 'here', more: 1 },
    { type: 'ready' },
    { type: 'connections' },
    { type: 'connections', count: '1' },
    { type: 'connections', count: -1 },
    { type: 'ask', id: 1 },
    { type: 'ask', id: 1, ask: { about: 'all' } },
    { type: 'ask', id: 1, ask: { about: 'claim', key } },
    { type: 'ask', id: 1, ask: { about: 'claim', key: 'short', fingerprint: key } },
    { type: 'ask', id: 1, ask: { about: 'release', key, use: 1.5 } },
    { type: 'ask', id: 1, ask: { about: 'job-created', key, jobId: 'J'.repeat(1025) } },
  ])('of nobody: %j', (message) => {
    expect(isFromWorker(message)).toBe(false);
    expect(isToWorker(message)).toBe(false);
  });

  test('has a bound', () => {
    const told = (length: number) => ({
      type: 'ask',
      id: 1,
      ask: { about: 'job-finished', key, body: ' '.repeat(length) },
    });
    expect([MAX_BODY, MAX_BODY + 1].map((length) => isFromWorker(told(length)))).toEqual([true, false]);
  });
});
