import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { findViolations } from '../exactly-once/ledger.js';
import { GraphQLClient } from '../exactly-once/graphql-client.js';
import { printLine } from '../exactly-once/settings.js';
import { startTestEmulator, until, type TestEmulator } from '../helpers/emulator.js';
import { executor } from '../helpers/executor.js';
import { allUp, hasHaproxy, DETECTION_MS, startHaproxy } from './haproxy.js';
import { startLoad } from './load.js';
import { respondsOk, Processes } from './processes.js';
import { freePort } from '../helpers/ports.js';
import { sendMixed } from './requests.js';

/** For a longer drill: `ROLLING_RESTART_SECONDS=30 npm test -- test/drills/rolling-restart`. */
const SECONDS = Number(process.env['ROLLING_RESTART_SECONDS'] ?? 8);
const PER_SECOND = 60;

jest.setTimeout((SECONDS + 60) * 1000);

const runs = hasHaproxy() || process.env['CI'] === 'true';
const drill = runs ? test : test.skip;
if (!runs)
  printLine('Skipping the rolling restart drill: `haproxy` is not installed (apt-get install haproxy).');

const processes = new Processes();
let folder: string;
let emulator: TestEmulator;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolling-restart-'));
  emulator = await startTestEmulator();
});
afterEach(async () => {
  await processes.killAll();
  await emulator.close();
  await rm(folder, { recursive: true });
});

/** Starts `dist/main.js`, which `npm run build` creates. */
async function startGateway(port: number): Promise<ChildProcess> {
  const env = {
    ...executor,
    PORT: String(port),
    DEMAND_API_URL: emulator.url,
    LOG_LEVEL: 'warn',
    DRAIN_DELAY_MS: String(DETECTION_MS),
    // A busy machine must not fail the drill.
    OVERLOAD_WAIT_MS: '0',
  };
  return await processes.start([process.execPath, 'dist/main.js'], env, () =>
    respondsOk(`http://127.0.0.1:${port}/readyz`),
  );
}

drill('no request fails while gateways behind a proxy restart one by one', async () => {
  const [proxyPort, ...ports] = [await freePort(), await freePort(), await freePort()] as const;
  const gateways = await Promise.all(ports.map(startGateway));
  const proxy = { folder, port: proxyPort, gateways: ports };
  await startHaproxy(processes, proxy);

  const client = new GraphQLClient(`http://127.0.0.1:${proxyPort}`);
  const load = startLoad(PER_SECOND, (number) => sendMixed(client, number), { maxInFlight: PER_SECOND / 2 });
  const end = performance.now() + SECONDS * 1000;
  const exits: unknown[] = [];
  // Each once, however long that takes.
  for (
    let turn = 0;
    performance.now() < end || exits.length < ports.length;
    turn = (turn + 1) % ports.length
  ) {
    await until(() => allUp(proxy));
    exits.push(await processes.end(gateways[turn]!, 'SIGTERM'));
    gateways[turn] = await startGateway(ports[turn]!);
  }
  const results = await load.stop();
  client.close();

  const failures = results.flatMap(({ response, failure }): readonly unknown[] =>
    response === undefined ? [failure] : (response.errors ?? []),
  );
  const slowestMs = Math.max(...results.map(({ sentAt, endedAt }) => endedAt - sentAt));
  printLine(
    `Rolling restart: ${results.length} requests, ${failures.length} failed, in ${exits.length} restarts; ` +
      `slowest response ${slowestMs.toFixed()} ms`,
  );
  expect(failures).toEqual([]);
  expect(exits.length).toBeGreaterThanOrEqual(ports.length);
  expect(new Set(exits)).toEqual(new Set([0]));
  const mutations = results.flatMap(({ response }) => response?.result ?? []);
  const created = (await emulator.control.effects()).filter(
    ({ operation }) => operation === 'create_batch_job',
  );
  expect(findViolations(mutations, created)).toEqual([]);
  expect(created).toHaveLength(mutations.length);
});
