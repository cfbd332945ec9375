import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { say } from '../exactly-once/settings.js';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { PATHS, runOutage } from './outage.js';

/** For a longer outage: `OUTAGE_SECONDS=10 npm test -- test/drills/outage`. */
const SECONDS = Number(process.env['OUTAGE_SECONDS'] ?? 3);
const PER_SECOND = 60;
const DEADLINE_MS = 2000;

jest.setTimeout((SECONDS + 60) * 1000);

let emulator: TestEmulator;
let gateway: TestGateway;

beforeEach(async () => {
  emulator = await startTestEmulator();
  gateway = await startTestGateway({
    demandApiUrl: emulator.url,
    env: { REQUEST_TIMEOUT_MS: String(DEADLINE_MS), DEMAND_API_TIMEOUT_MS: '1500' },
  });
});
afterEach(async () => {
  await gateway.close();
  await emulator.close();
});

test('an outage is not made worse, everybody is told of it in time, and all is well soon after it', async () => {
  const report = await runOutage({ emulator, gateway, seconds: SECONDS, perSecond: PER_SECOND });
  const { askedDuring, sentDuring, probes, openMs = 0, recoveryMs, slowestMs, codes } = report;
  say(
    `Outage of ${SECONDS} s: ${askedDuring} requests of clients (${JSON.stringify(codes)}), ${sentDuring} calls, ` +
      `of them ${probes} probes while the breakers were open for ${openMs.toFixed()} ms; ` +
      `slowest answer ${slowestMs.toFixed()} ms, all well ${recoveryMs.toFixed()} ms after`,
  );

  expect(report.unanswered).toEqual([]);
  expect(slowestMs).toBeLessThan(DEADLINE_MS + 1000);
  expect(Object.keys(codes)).toEqual(expect.arrayContaining(['UPSTREAM_UNAVAILABLE']));
  expect(Object.keys(codes).filter((code) => !['UPSTREAM_UNAVAILABLE', 'success'].includes(code))).toEqual(
    [],
  );

  // Each request of a client makes one call; retries add a fifth of the last ten seconds' calls, or ten.
  const callsBefore = report.asked - askedDuring;
  expect(sentDuring).toBeLessThanOrEqual(askedDuring + Math.max(10, 0.2 * (callsBefore + askedDuring)));
  expect(openMs).toBeGreaterThan(0);
  expect(probes).toBeLessThanOrEqual(PATHS * (Math.ceil(openMs / 1000) + 1));
  expect(report.refused).toBeGreaterThan(0);
  expect(report.refusedWithAdvice).toBe(report.refused);
  // A load balancer goes on sending requests: all replicas are as this one, and each tells clients what is wrong.
  expect(report.healthy).toEqual([200]);

  expect(recoveryMs).toBeLessThan(2000);
  expect(report.demandApiAtLast).toBe('available');
  expect(report.violations).toEqual([]);
});
