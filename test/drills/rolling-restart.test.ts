import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { findViolations } from '../exactly-once/ledger.js';
import { Poster } from '../exactly-once/post.js';
import { say } from '../exactly-once/settings.js';
import { startTestEmulator, until, type TestEmulator } from '../helpers/emulator.js';
import { executor } from '../helpers/executor.js';
import { allUp, hasHaproxy, NOTICED_WITHIN_MS, startHaproxy } from './haproxy.js';
import { startLoad } from './load.js';
import { answers, freePort, Processes } from './processes.js';
import { mixed } from './requests.js';

/** For a longer drill: `ROLLING_RESTART_SECONDS=30 npm test -- test/drills/rolling-restart`. */
const SECONDS = Number(process.env['ROLLING_RESTART_SECONDS'] ?? 8);
const PER_SECOND = 60;

jest.setTimeout((SECONDS + 60) * 1000);

const runs = hasHaproxy() || process.env['CI'] === 'true';
const drill = runs ? test : test.skip;
if (!runs)
  say('The drill of a rolling restart is skipped: there is no `haproxy` here (apt-get install haproxy).');

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

/** `dist/main.js`, as `npm run build` made it. */
async function startGateway(port: number): Promise<ChildProcess> {
  const env = {
    ...executor,
    PORT: String(port),
    DEMAND_API_URL: emulator.url,
    LOG_LEVEL: 'warn',
    DRAIN_DELAY_MS: String(NOTICED_WITHIN_MS),
    // A busy machine is not what is drilled.
    OVERLOAD_WAIT_MS: '0',
  };
  return await processes.start([process.execPath, 'dist/main.js'], env, () =>
    answers(`http://127.0.0.1:${port}/readyz`),
  );
}

drill('no request fails while gateways behind a proxy are restarted one after the other', async () => {
  const [proxyPort, ...ports] = [await freePort(), await freePort(), await freePort()] as const;
  const gateways = await Promise.all(ports.map(startGateway));
  const proxy = { folder, port: proxyPort, gateways: ports };
  await startHaproxy(processes, proxy);

  const poster = new Poster(`http://127.0.0.1:${proxyPort}`);
  const load = startLoad(PER_SECOND, (number) => mixed(poster, number));
  const end = performance.now() + SECONDS * 1000;
  const exits: unknown[] = [];
  for (let turn = 0; performance.now() < end; turn = (turn + 1) % ports.length) {
    await until(() => allUp(proxy));
    exits.push(await processes.end(gateways[turn]!, 'SIGTERM'));
    gateways[turn] = await startGateway(ports[turn]!);
  }
  const asked = await load.stop();
  poster.close();

  const failures = asked.flatMap(({ answer, failure }): readonly unknown[] =>
    answer === undefined ? [failure] : (answer.errors ?? []),
  );
  const slowestMs = Math.max(...asked.map(({ at, answeredAt }) => answeredAt - at));
  say(
    `Rolling restart: ${asked.length} requests, ${failures.length} failed, in ${exits.length} restarts; ` +
      `slowest answer ${slowestMs.toFixed()} ms`,
  );
  expect(failures).toEqual([]);
  expect(exits.length).toBeGreaterThan(1);
  expect(new Set(exits)).toEqual(new Set([0]));
  const told = asked.flatMap(({ answer }) => answer?.told ?? []);
  const created = (await emulator.control.effects()).filter(
    ({ operation }) => operation === 'create_batch_job',
  );
  expect(findViolations(told, created)).toEqual([]);
  expect(created).toHaveLength(told.length);
});
