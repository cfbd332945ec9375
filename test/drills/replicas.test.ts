/** The deployment of `compose.yaml`: three gateways behind nginx, with Redis, under load. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { FieldingRunStatus } from '../../src/contract/demand-api.js';
import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import { GraphQLClient } from '../exactly-once/graphql-client.js';
import { findViolations } from '../exactly-once/ledger.js';
import type { MutationResult } from '../exactly-once/mutation-result.js';
import { printLine } from '../exactly-once/settings.js';
import { demoPaths, readApi, until } from '../helpers/emulator.js';
import { startLoad, type LoadResult } from './load.js';
import { RUN_ID, startChanges } from './replicas/changes.js';
import { missing, Stack } from './replicas/stack.js';
import { subscribe, type Subscriber } from './replicas/subscribers.js';
import { sendMixed, type LoadResponse } from './requests.js';

const { CI, REPLICAS_PER_SECOND } = process.env;
const PER_SECOND = Number(REPLICAS_PER_SECOND ?? (CI === 'true' ? 30 : 15));
/** So many that the replica that is killed has some in flight. */
const PER_SECOND_AT_A_KILL = Math.max(PER_SECOND, 30);
const SUBSCRIBERS = 8;
/** What the API takes to answer, so that requests are in flight at any moment. */
const API_DELAY_MS = 30;
const AFTER_MS = 1000;

jest.setTimeout(120_000);

const runs = missing.length === 0 || CI === 'true';
const drill = runs ? test : test.skip;
if (!runs) {
  printLine(`Skipping the drills of compose.yaml: not installed: ${missing.join(', ')} (apt-get install).`);
}

let stack: Stack;
let client: GraphQLClient;
let subscribers: Subscriber[];

beforeEach(async () => {
  if (!runs) return;
  stack = await Stack.start();
  await stack.emulator.control.faults.add({ path: '.', delay_ms: API_DELAY_MS });
  client = new GraphQLClient(stack.url);
  subscribers = Array.from({ length: SUBSCRIBERS }, (_, number) =>
    subscribe(stack.url, RUN_ID, 20_000 + number),
  );
  await until(() => subscribers.every(({ told }) => told.length > 0));
});
afterEach(async () => {
  if (!runs) return;
  await Promise.all(subscribers.map((each) => each.close()));
  client.close();
  await stack.close();
});

interface Report {
  readonly results: readonly LoadResult<LoadResponse>[];
  readonly changes: readonly MutationResult[];
}

/** Sends queries and mutations to nginx while something happens. */
async function underLoad(perSecond: number, happens: () => Promise<void>): Promise<Report> {
  const load = startLoad(perSecond, (number) => sendMixed(client, number), { maxInFlight: perSecond });
  const changing = startChanges(client);
  await sleep(AFTER_MS);
  await happens();
  await sleep(AFTER_MS);
  const [results, changes] = await Promise.all([load.stop(), changing.stop()]);
  return { results, changes };
}

function failuresOf({ results, changes }: Report): readonly unknown[] {
  return [
    ...results.flatMap(({ response, failure }): readonly unknown[] =>
      response === undefined ? [failure] : (response.errors ?? []),
    ),
    ...changes.map(({ outcome }) => outcome).filter(({ is }) => is !== 'success'),
  ];
}

drill('a rolling restart fails nothing, and no subscriber misses the last state', async () => {
  const exits: unknown[] = [];
  const report = await underLoad(PER_SECOND, async () => {
    for (const gateway of stack.gateways) {
      exits.push(await stack.end(gateway, 'SIGTERM'));
      await stack.up(gateway);
    }
  });
  expect(failuresOf(report)).toEqual([]);
  expect(exits).toEqual([0, 0, 0]);
  const effects = await expectExactlyOnce(report.changes, jobsOf(report.results));
  expect(effects.changes).toBe(report.changes.length);
  await expectNothingMissed();
  print('Rolling restart of 3 replicas behind nginx', report);
  // Each was connected to a gateway that ended.
  for (const { connections } of subscribers) expect(connections()).toBeGreaterThan(1);
});

drill('a replica that is killed fails only what it was answering, which can be repeated', async () => {
  await stack.emulator.control.faults.clear();
  await stack.emulator.control.faults.add({ path: '.', delay_ms: 10 * API_DELAY_MS });
  const [killed] = stack.gateways;
  let killedAt = 0;
  const report = await underLoad(PER_SECOND_AT_A_KILL, async () => {
    killedAt = performance.now();
    await stack.end(killed!, 'SIGKILL');
    await sleep(AFTER_MS);
    await stack.up(killed!);
  });
  const failures = failuresOf(report);
  const outcomeUnknown = { code: 'UPSTREAM_UNAVAILABLE', outcomeUnknown: true, retryable: false };
  expect(failures.length).toBeGreaterThan(0);
  for (const failure of failures) {
    // What a change was answered is known by its outcome only.
    if (failure instanceof Object && 'is' in failure)
      expect(failure).toMatchObject({ is: 'unknown', code: outcomeUnknown.code });
    else expect(failure).toMatchObject({ extensions: outcomeUnknown });
  }
  const failed = report.results.flatMap((result, number) =>
    (result.response?.errors ?? []).length > 0 ? [{ ...result, number }] : [],
  );
  for (const { sentAt, endedAt } of failed) {
    expect(endedAt).toBeGreaterThan(killedAt);
    expect(sentAt).toBeLessThan(killedAt + AFTER_MS);
  }

  const repeated = await Promise.all(failed.map(({ number }) => sendMixed(client, number)));
  expect(repeated.flatMap(({ errors = [] }) => errors)).toEqual([]);
  const jobs = [
    ...jobsOf(report.results).map(withoutLoss),
    ...repeated.flatMap(({ result }) => result ?? []),
  ];
  await expectExactlyOnce(report.changes, jobs);
  await expectNothingMissed();
  print('One of 3 replicas behind nginx killed', report);
});

function jobsOf(results: Report['results']): readonly MutationResult[] {
  return results.flatMap(({ response }) => response?.result ?? []);
}

/** nginx cannot tell the key of a request whose response was lost. */
function withoutLoss(result: MutationResult): MutationResult {
  return result.outcome.is === 'unknown' ? { ...result, outcome: { is: 'gone' } } : result;
}

/** Compares with the emulator's ledger: each key has made one job. @returns how many changes of the run were made */
async function expectExactlyOnce(
  changes: readonly MutationResult[],
  jobs: readonly MutationResult[],
): Promise<{ readonly changes: number }> {
  const effects = (await stack.emulator.control.effects()).filter(({ cause }) => cause === 'action');
  const { fieldingRunId, version } = demo.live;
  expect(
    findViolations([...changes, ...jobs], effects, [{ fieldingRunId, version, status: 'LIVE' }]),
  ).toEqual([]);
  const created = effects.filter(({ operation }) => operation === 'create_batch_job');
  const keys = new Set(jobs.map(({ request }) => request.kind === 'job' && request.key));
  expect(created.map(({ idempotency_key: key }) => key).toSorted()).toEqual([...keys].toSorted());
  return { changes: effects.length - created.length };
}

async function expectNothingMissed(): Promise<void> {
  const run = await readApi<rest.FieldingRun>(stack.emulator, demoPaths.run(demo.live));
  const last = {
    version: String(run.version),
    status: run.status === FieldingRunStatus.Live ? 'LIVE' : 'PAUSED',
  };
  await until(() => subscribers.every(({ told }) => told.at(-1)?.version === last.version));
  for (const { transport, told, problems } of subscribers) {
    const versions = told.map(({ version }) => Number(version));
    expect({ transport, problems, last: told.at(-1) }).toEqual({ transport, problems: [], last });
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  }
}

function print(what: string, report: Report): void {
  const { results, changes } = report;
  const slowestMs = Math.max(...results.map(({ sentAt, endedAt }) => endedAt - sentAt));
  const states = subscribers.map(({ told }) => told.length);
  const connections = subscribers.map((each) => each.connections());
  printLine(
    `${what}: ${results.length} requests and ${changes.length} changes, ${failuresOf(report).length} failed, slowest response ` +
      `${slowestMs.toFixed()} ms; ${subscribers.length} subscribers were told ${Math.min(...states)} to ${Math.max(...states)} states ` +
      `over ${Math.min(...connections)} to ${Math.max(...connections)} connections`,
  );
}
