import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChildProcess } from 'node:child_process';
import { respondsOk, Processes } from '../drills/processes.js';
import { freePort } from '../helpers/ports.js';
import { EmulatorControl } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { ruleOf } from './faults.js';
import { environments, evaluate, playSchedule } from './schedule-runner.js';
import { GraphQLClient } from './graphql-client.js';
import { slowSchedule } from './schedule.js';
import { printLine, settings } from './settings.js';
import { RunPool } from './run-pool.js';
import { Summary } from './summary.js';

/** Each takes as long as the emulator takes to start. */
const SCHEDULES = process.env['CI'] === 'true' ? 20 : 5;

jest.setTimeout(180_000);

const processes = new Processes();
let folder: string;
let port: number;
let gateway: TestGateway;
let client: GraphQLClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exactly-once-'));
  port = await freePort();
  gateway = await startTestGateway({
    demandApiUrl: `http://127.0.0.1:${port}/v1`,
    // Long enough that some calls outlive a restart and others do not.
    env: {
      ...environments.patient,
      DEMAND_API_TIMEOUT_MS: '500',
      DEMAND_API_RETRY_BASE_MS: '300',
      DEMAND_API_RETRY_MAX_MS: '600',
      REQUEST_TIMEOUT_MS: '2000',
    },
  });
  client = new GraphQLClient(gateway.url);
});
afterEach(async () => {
  client.close();
  await gateway.close();
  await processes.killAll();
  await rm(folder, { recursive: true });
});

/** Starts `dist/emulator/main.js`, which `npm run build` creates. */
async function startEmulator(): Promise<ChildProcess> {
  const options = ['--port', String(port), '--data', join(folder, 'demand.sqlite'), '--job-step-ms', '1'];
  const program = [process.execPath, 'dist/emulator/main.js', '--control', ...options] as const;
  return await processes.start(program, {}, () => respondsOk(`http://127.0.0.1:${port}/__emulator/clock`));
}

test('an upstream that is killed midway neither repeats effects nor keeps any that clients do not learn of', async () => {
  const control = new EmulatorControl(`http://127.0.0.1:${port}/__emulator`);
  const stage = new RunPool();
  const summary = new Summary();
  let emulator = await startEmulator();

  for (const [number, schedule] of fc
    .sample(slowSchedule, { seed: settings.seed, numRuns: SCHEDULES })
    .entries()) {
    const runs = stage.take(schedule.runs)!;
    for (const fault of schedule.faults) await control.faults.add(ruleOf(fault));
    const responses = playSchedule(schedule, runs, client, number);
    await sleep(randomInt(5, 60));
    await processes.end(emulator, 'SIGKILL');
    emulator = await startEmulator();
    const results = await responses;
    // No fault delays anything any more, so everything sent has taken effect.
    await sleep(20);
    const result = evaluate(results, runs, await control.effects(), undefined);
    summary.add(result);
    expect({ seed: settings.seed, number, schedule, ...result }).toMatchObject({ violations: [] });
  }

  printLine(`Exactly once with a killed upstream, seed ${settings.seed}: ${summary.toString()}`);
  expect(summary.schedules).toBe(SCHEDULES);
  expect(summary.effects).toBeGreaterThan(0);
  expect(summary.outcomes['nothing']).toBeUndefined();
});
