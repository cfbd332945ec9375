import { setTimeout as sleep } from 'node:timers/promises';
import { GraphQLClient } from '../exactly-once/graphql-client.js';
import { findViolations } from '../exactly-once/ledger.js';
import type { FaultRule, LoggedRequest, TestEmulator } from '../helpers/emulator.js';
import type { TestGateway } from '../helpers/gateway.js';
import { startLoad, type LoadResult } from './load.js';
import { sendMixed, type LoadResponse } from './requests.js';

export interface OutageOptions {
  readonly emulator: TestEmulator;
  readonly gateway: TestGateway;
  readonly seconds: number;
  readonly perSecond: number;
}

/** The result of an outage drill. Times are in milliseconds. */
export interface OutageReport {
  /** Client requests: in total, during the outage, and those without a response. */
  readonly requests: number;
  readonly requestsDuring: number;
  readonly unanswered: readonly string[];
  /** The longest response time. */
  readonly slowestMs: number;
  /** The error codes that clients received during the outage. */
  readonly codes: Readonly<Record<string, number>>;
  /** Failures during the outage without an upstream call, and how many of them have `retryAfterSeconds`. */
  readonly rejected: number;
  readonly rejectedWithDelay: number;
  /** Upstream calls during the outage, and how many of these are for requests sent after the breakers of both paths had opened. */
  readonly sentDuring: number;
  readonly probes: number;
  /** How long both were open before the upstream returned; undefined if they did not open. */
  readonly openMs: number | undefined;
  /** All statuses of `/readyz` and `/healthz`. */
  readonly healthy: readonly number[];
  /** The longest time that `/healthz` took: what the machine makes any request wait. */
  readonly slowestHealthMs: number;
  /** The time from the upstream's return to the start of the last failed request. */
  readonly recoveryMs: number;
  /** The state of the API in `/readyz` at the end. */
  readonly finalDemandApi: string;
  /** Contradictions between what clients were told and the ledger. */
  readonly violations: readonly string[];
}

/** Half of the requests find a broken connection, the other half a proxy that responds 503. */
const OUTAGE: readonly FaultRule[] = [
  { path: '.', share: 0.5, seed: 7, reset: true },
  {
    path: '.',
    status: 503,
    headers: { 'content-type': 'text/html' },
    body: '<h1>No server is available</h1>',
  },
];

/** The paths that the load calls, each with its own breaker. */
export const PATH_COUNT = 2;

/** Breakers that are not open by then, after the shortest outage, are considered broken. */
const MAX_OPENING_MS = 20_000;
/** Code that runs for the first time is slow, which is not under test. */
const WARM_UP = 40;
const BEFORE_MS = 1000;
const AFTER_MS = 6000;
/** More requests than are ever without a response, unless the machine gives this process hardly any time. */
const MAX_IN_FLIGHT = 30;

/** Takes the upstream down under a steady load, and restores it. */
export async function runOutage({
  emulator,
  gateway,
  seconds,
  perSecond,
}: OutageOptions): Promise<OutageReport> {
  const { control } = emulator;
  const client = new GraphQLClient(gateway.url);
  const warmUp: LoadResponse[] = [];
  for (let number = 0; number < WARM_UP; number += 1) warmUp.push(await sendMixed(client, 20_000 + number));
  const load = startLoad(perSecond, (number) => sendMixed(client, number), { maxInFlight: MAX_IN_FLIGHT });
  await sleep(BEFORE_MS);

  await control.forgetRequests();
  for (const rule of OUTAGE) await control.faults.add(rule);
  const from = performance.now();
  const watched = await watchHealth(gateway.url, seconds * 1000);
  await control.faults.clear();
  const restoredAt = performance.now();
  const { openedAt } = watched;
  const openMs = openedAt === undefined ? undefined : restoredAt - openedAt;
  const during = await control.requests();

  await sleep(AFTER_MS);
  const results = await load.stop();
  const { demandApi: finalDemandApi } = await readinessOf(gateway.url);
  client.close();

  const failures = results.filter(isFailure);
  const resultsDuring = results.filter(({ sentAt }) => sentAt >= from && sentAt < restoredAt);
  const sent = new Set(during.map(traceOf));
  const sentWhileOpen = new Set(
    resultsDuring
      .filter(({ sentAt }) => openedAt !== undefined && sentAt > openedAt)
      .map(({ response }) => response?.traceId),
  );
  const rejected = resultsDuring.filter((result) => isFailure(result) && !sent.has(result.response?.traceId));
  const mutations = [...warmUp, ...results.map(({ response }) => response)].flatMap(
    (response) => response?.result ?? [],
  );
  return {
    requests: results.length,
    requestsDuring: resultsDuring.length,
    unanswered: results.flatMap(({ failure }) => failure ?? []),
    slowestMs: Math.max(...results.map(({ sentAt, endedAt }) => endedAt - sentAt)),
    codes: countCodes(resultsDuring),
    rejected: rejected.length,
    rejectedWithDelay: rejected.filter(({ response }) => extensionsOf(response)?.['retryAfterSeconds'] === 1)
      .length,
    sentDuring: during.length,
    probes: during.filter((request) => sentWhileOpen.has(traceOf(request))).length,
    openMs,
    healthy: watched.healthy,
    slowestHealthMs: watched.slowestMs,
    recoveryMs: Math.max(0, ...failures.map(({ sentAt }) => sentAt - restoredAt)),
    finalDemandApi,
    violations: findViolations(
      mutations,
      (await control.effects()).filter(({ operation }) => operation === 'create_batch_job'),
    ),
  };
}

interface WatchedHealth {
  /** When `/readyz` first reported both paths as failing; as `performance.now()`. */
  readonly openedAt: number | undefined;
  readonly healthy: readonly number[];
  readonly slowestMs: number;
}

/** Watches for a time, or longer if it takes the breakers so long to open: on a slow machine there are fewer calls to fail. */
async function watchHealth(url: string, forMs: number): Promise<WatchedHealth> {
  const from = performance.now();
  const healthy = new Set<number>();
  let openedAt: number | undefined;
  let slowestMs = 0;
  const isOver = (afterMs: number) => performance.now() > from + afterMs;
  while (!isOver(forMs) || (openedAt === undefined && !isOver(forMs + MAX_OPENING_MS))) {
    const { status, failing } = await readinessOf(url);
    if (failing.length === PATH_COUNT) openedAt ??= performance.now();
    healthy.add(status);
    const askedAt = performance.now();
    healthy.add(await statusOf(`${url}/healthz`));
    slowestMs = Math.max(slowestMs, performance.now() - askedAt);
    await sleep(20);
  }
  return { openedAt, healthy: [...healthy], slowestMs };
}

interface Readiness {
  readonly status: number;
  readonly demandApi: string;
  readonly failing: readonly string[];
}

async function readinessOf(url: string): Promise<Readiness> {
  const response = await fetch(`${url}/readyz`);
  return { ...((await response.json()) as Readiness), status: response.status };
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
}

function isFailure({ response }: LoadResult<LoadResponse>): boolean {
  return response === undefined || (response.errors ?? []).length > 0;
}

function extensionsOf(response: LoadResponse | undefined): Readonly<Record<string, unknown>> | undefined {
  return response?.errors?.[0]?.extensions;
}

function traceOf({ headers }: LoggedRequest): string | undefined {
  return headers['traceparent']?.toString().split('-')[1];
}

function countCodes(results: readonly LoadResult<LoadResponse>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { response } of results) {
    const code =
      (extensionsOf(response)?.['code'] as string | undefined) ??
      (response === undefined ? 'none' : 'success');
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
