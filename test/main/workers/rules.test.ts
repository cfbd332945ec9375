import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config.js';
import {
  closeWithinMs,
  deathsInARow,
  respawnDelayMs,
  retireWithinMs,
} from '../../../src/main/workers/timing.js';

const MINUTE = 60_000;

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
  expect(closeWithinMs(readConfig({ REQUEST_TIMEOUT_MS: '1000', DRAIN_DELAY_MS: '300' }))).toBe(7600);
});
