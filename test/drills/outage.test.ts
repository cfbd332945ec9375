import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { printLine } from '../exactly-once/settings.js';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { PATH_COUNT, runOutage } from './outage.js';

/** For a longer outage: `OUTAGE_SECONDS=10 npm test -- test/drills/outage`. */
const SECONDS = Number(process.env['OUTAGE_SECONDS'] ?? 3);
const PER_SECOND = 60;
/** Longer than anything takes that does not wait for the API. */
const DEADLINE_MS = 5000;

jest.setTimeout((SECONDS + 60) * 1000);

let emulator: TestEmulator;
let gateway: TestGateway;

beforeEach(async () => {
  emulator = await startTestEmulator();
  gateway = await startTestGateway({
    demandApiUrl: emulator.url,
    env: { REQUEST_TIMEOUT_MS: String(DEADLINE_MS), DEMAND_API_TIMEOUT_MS: '4000' },
  });
});
afterEach(async () => {
  await gateway.close();
  await emulator.close();
});

test('an outage is not amplified, every client is informed in time, and service recovers soon after it', async () => {
  const report = await runOutage({ emulator, gateway, seconds: SECONDS, perSecond: PER_SECOND });
  const { requestsDuring, sentDuring, probes, openMs = 0, recoveryMs, slowestMs, codes } = report;
  printLine(
    `Outage of ${SECONDS} s: ${requestsDuring} client requests (${JSON.stringify(codes)}), ${sentDuring} calls, ` +
      `including ${probes} probes while the breakers were open for ${openMs.toFixed()} ms; ` +
      `slowest response ${slowestMs.toFixed()} ms, recovery after ${recoveryMs.toFixed()} ms`,
  );

  expect(report.unanswered).toEqual([]);
  // A response takes several turns of a process that a busy machine makes wait for each of them.
  expect(slowestMs).toBeLessThan(DEADLINE_MS + 1000 + 5 * report.slowestHealthMs);
  expect(Object.keys(codes)).toEqual(expect.arrayContaining(['UPSTREAM_UNAVAILABLE']));
  expect(Object.keys(codes).filter((code) => !['UPSTREAM_UNAVAILABLE', 'success'].includes(code))).toEqual(
    [],
  );

  // Each client request makes one call; retries add a fifth of the last ten seconds' calls, or ten.
  const callsBefore = report.requests - requestsDuring;
  expect(sentDuring).toBeLessThanOrEqual(requestsDuring + Math.max(10, 0.2 * (callsBefore + requestsDuring)));
  expect(openMs).toBeGreaterThan(0);
  expect(probes).toBeLessThanOrEqual(PATH_COUNT * (Math.ceil(openMs / 1000) + 1));
  expect(report.rejected).toBeGreaterThan(0);
  expect(report.rejectedWithDelay).toBe(report.rejected);
  // The load balancer keeps sending requests: every replica is in the same state, and each reports the cause.
  expect(report.healthy).toEqual([200]);

  expect(recoveryMs).toBeLessThan(5000);
  expect(report.finalDemandApi).toBe('available');
  expect(report.violations).toEqual([]);
});
