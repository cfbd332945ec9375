import { setTimeout as sleep } from 'node:timers/promises';
import { Poster } from '../exactly-once/post.js';
import { findViolations } from '../exactly-once/ledger.js';
import type { FaultRule, LoggedRequest, TestEmulator } from '../helpers/emulator.js';
import type { TestGateway } from '../helpers/gateway.js';
import { startLoad, type Asked } from './load.js';
import { mixed, type LoadAnswer } from './requests.js';

export interface OutageOptions {
  readonly emulator: TestEmulator;
  readonly gateway: TestGateway;
  readonly seconds: number;
  readonly perSecond: number;
}

/** What was seen. Times are in milliseconds. */
export interface OutageReport {
  /** Requests of clients: all, those during the outage, and those that got no answer. */
  readonly asked: number;
  readonly askedDuring: number;
  readonly unanswered: readonly string[];
  /** The longest that a client waited. */
  readonly slowestMs: number;
  /** What clients were told during the outage. */
  readonly codes: Readonly<Record<string, number>>;
  /** Failures during the outage of which nothing was sent, and how many of them say when to try again. */
  readonly refused: number;
  readonly refusedWithAdvice: number;
  /** Requests of the gateway: during the outage, and of these once the breakers of both paths had opened. */
  readonly sentDuring: number;
  readonly probes: number;
  /** How long both were open before the upstream came back; undefined where they did not open. */
  readonly openMs: number | undefined;
  /** The statuses of `/readyz` and `/healthz` all the time. */
  readonly healthy: readonly number[];
  /** From the return of the upstream to the last failure's beginning. */
  readonly recoveryMs: number;
  /** What `/readyz` tells of the API in the end. */
  readonly demandApiAtLast: string;
  /** What clients were told, held against what was done. */
  readonly violations: readonly string[];
}

/** Half of the requests find a broken connection, half a proxy that says 503. */
const OUTAGE: readonly FaultRule[] = [
  { path: '.', share: 0.5, seed: 7, reset: true },
  {
    path: '.',
    status: 503,
    headers: { 'content-type': 'text/html' },
    body: '<h1>No server is available</h1>',
  },
];

/** The paths that the load calls, each with a breaker of its own. */
export const PATHS = 2;

/** What runs for the first time is slow, and that is not what this is about. */
const WARM_UP = 40;
const BEFORE_MS = 1000;
const AFTER_MS = 3000;
/** What was on its way when the breakers opened still arrives. */
const ON_THE_WAY_MS = 100;

/** Keeps up a steady load, takes the upstream away for a while, and gives it back. */
export async function runOutage({
  emulator,
  gateway,
  seconds,
  perSecond,
}: OutageOptions): Promise<OutageReport> {
  const { control } = emulator;
  const poster = new Poster(gateway.url);
  const early: LoadAnswer[] = [];
  for (let number = 0; number < WARM_UP; number += 1) early.push(await mixed(poster, 20_000 + number));
  const load = startLoad(perSecond, (number) => mixed(poster, number));
  await sleep(BEFORE_MS);

  await control.forgetRequests();
  for (const rule of OUTAGE) await control.faults.add(rule);
  const from = performance.now();
  const watched = await watchHealth(gateway.url, seconds * 1000);
  await control.faults.clear();
  const returned = performance.now();
  const openMs = watched.openedAt === undefined ? undefined : Date.now() - watched.openedAt;
  const during = await control.requests();

  await sleep(AFTER_MS);
  const asked = await load.stop();
  const { demandApi: demandApiAtLast } = await readinessOf(gateway.url);
  poster.close();

  const failures = asked.filter(isFailure);
  const askedDuring = asked.filter(({ at }) => at >= from && at < returned);
  const sent = new Set(during.map(traceOf));
  const refused = askedDuring.filter((one) => isFailure(one) && !sent.has(one.answer?.traceId));
  const told = [...early, ...asked.map(({ answer }) => answer)].flatMap((answer) => answer?.told ?? []);
  return {
    asked: asked.length,
    askedDuring: askedDuring.length,
    unanswered: asked.flatMap(({ failure }) => failure ?? []),
    slowestMs: Math.max(...asked.map(({ at, answeredAt }) => answeredAt - at)),
    codes: countCodes(askedDuring),
    refused: refused.length,
    refusedWithAdvice: refused.filter(({ answer }) => extensionsOf(answer)?.['retryAfterSeconds'] === 1)
      .length,
    sentDuring: during.length,
    probes: during.filter(
      ({ at }) => watched.openedAt !== undefined && Date.parse(at) > watched.openedAt + ON_THE_WAY_MS,
    ).length,
    openMs,
    healthy: watched.healthy,
    recoveryMs: Math.max(0, ...failures.map(({ at }) => at - returned)),
    demandApiAtLast,
    violations: findViolations(
      told,
      (await control.effects()).filter(({ operation }) => operation === 'create_batch_job'),
    ),
  };
}

interface WatchedHealth {
  /** When `/readyz` first told that no path is called; milliseconds since the epoch. */
  readonly openedAt: number | undefined;
  readonly healthy: readonly number[];
}

async function watchHealth(url: string, forMs: number): Promise<WatchedHealth> {
  const until = performance.now() + forMs;
  const healthy = new Set<number>();
  let openedAt: number | undefined;
  while (performance.now() < until) {
    const { status, failing } = await readinessOf(url);
    if (failing.length === PATHS) openedAt ??= Date.now();
    healthy.add(status);
    healthy.add(await statusOf(`${url}/healthz`));
    await sleep(20);
  }
  return { openedAt, healthy: [...healthy] };
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

function isFailure({ answer }: Asked<LoadAnswer>): boolean {
  return answer === undefined || (answer.errors ?? []).length > 0;
}

function extensionsOf(answer: LoadAnswer | undefined): Readonly<Record<string, unknown>> | undefined {
  return answer?.errors?.[0]?.extensions;
}

/** The trace that a `traceparent` continues. */
function traceOf({ headers }: LoggedRequest): string | undefined {
  return headers['traceparent']?.toString().split('-')[1];
}

function countCodes(asked: readonly Asked<LoadAnswer>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { answer } of asked) {
    const code =
      (extensionsOf(answer)?.['code'] as string | undefined) ?? (answer === undefined ? 'none' : 'success');
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
