import { setTimeout as sleep } from 'node:timers/promises';
import type { Effect, LoggedRequest, TestEmulator } from '../helpers/emulator.js';
import { startTestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { GraphQLClient } from './graphql-client.js';
import { credential } from './credential.js';
import { Client, type PooledRun } from './client.js';
import {
  ATTEMPT_TIMEOUT_MS,
  closesConnections,
  MAX_DELAY_MS,
  ruleOf,
  leavesSuccessUnproven,
  startsCooldown,
  type Fault,
} from './faults.js';
import { ServiceMode } from './service-mode.js';
import { findViolations } from './ledger.js';
import type { GatewayKind, Schedule } from './schedule.js';
import { RunPool } from './run-pool.js';
import type { SentCalls, MutationResult } from './mutation-result.js';

/** The outcome of a schedule. */
export interface ScheduleResult {
  readonly results: readonly MutationResult[];
  readonly effects: readonly Effect[];
  readonly violations: readonly string[];
}

const environment = {
  DEMAND_API_TIMEOUT_MS: String(ATTEMPT_TIMEOUT_MS),
  DEMAND_API_RETRY_BASE_MS: '1',
  DEMAND_API_RETRY_MAX_MS: '4',
  DEMAND_API_RETRY_BUDGET_FLOOR: '1000000',
  DEMAND_API_BREAKER_MIN_CALLS: '1000000',
  REQUEST_TIMEOUT_MS: '600',
};

export const environments: Readonly<Record<GatewayKind, Readonly<Record<string, string>>>> = {
  patient: environment,
  hasty: { ...environment, REQUEST_TIMEOUT_MS: '100' },
  nervous: {
    ...environment,
    DEMAND_API_RETRY_BUDGET_FLOOR: '3',
    DEMAND_API_BREAKER_MIN_CALLS: '3',
    DEMAND_API_BREAKER_WINDOW_MS: '200',
    DEMAND_API_BREAKER_PROBE_MS: '15',
  },
};

export type AuthMode = 'forward' | 'service';

/** How long a 429 of the faults pauses the credential, which the next schedule shares in service mode. */
const COOLDOWN_MS = 1000;

/** Keeps the ledger short, because each schedule reads all of it. */
const SCHEDULES_PER_RESET = 20;

/** A gateway with its own emulator that runs schedules one by one. Close it. */
export class ScheduleRunner {
  #runPool = new RunPool();
  #schedules = 0;
  readonly #client: GraphQLClient;

  private constructor(
    private readonly emulator: TestEmulator,
    private readonly gateway: TestGateway,
    private readonly service: ServiceMode | undefined,
  ) {
    this.#client = new GraphQLClient(gateway.url);
  }

  static async open(kind: GatewayKind, mode: AuthMode = 'forward'): Promise<ScheduleRunner> {
    const emulator = await startTestEmulator();
    const service = mode === 'service' ? await ServiceMode.start() : undefined;
    const gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      env: { ...environments[kind], ...service?.env },
      ...(service && { authenticate: service.authenticate }),
    });
    return new ScheduleRunner(emulator, gateway, service);
  }

  /** How many access tokens the gateway has requested. */
  get tokenRequests(): number {
    return this.service?.tokenRequests ?? 0;
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.gateway.close();
    await this.emulator.close();
    await this.service?.close();
  }

  async run(schedule: Schedule): Promise<ScheduleResult> {
    const { control } = this.emulator;
    if (this.#schedules % SCHEDULES_PER_RESET === 0) await this.#reset();
    const runs = this.#runPool.take(schedule.runs) ?? (await this.#takeAfterReset(schedule));
    await control.forgetRequests();
    for (const fault of schedule.faults) await control.faults.add(ruleOf(fault));
    try {
      const { service } = this;
      const results = await playSchedule(schedule, runs, this.#client, (this.#schedules += 1), service);
      await untilIdle(schedule);
      if (service !== undefined && schedule.faults.some(startsCooldown)) await sleep(COOLDOWN_MS);
      const effects = await control.effects();
      const requests = await control.requests();
      return evaluate(
        results,
        runs,
        service ? effects.map((each) => service.renamedInEffect(each)) : effects,
        {
          requests: service ? requests.map((each) => service.renamedInRequest(each)) : requests,
          connectionsClosed: schedule.faults.some(closesConnections),
          successUnproven: schedule.faults.some(leavesSuccessUnproven),
        },
      );
    } finally {
      await control.faults.clear();
    }
  }

  async #takeAfterReset({ runs }: Schedule): Promise<PooledRun[]> {
    await this.#reset();
    const taken = this.#runPool.take(runs);
    if (taken === undefined) throw new Error(`The demo has no unused runs with the statuses ${runs.join()}`);
    return taken;
  }

  async #reset(): Promise<void> {
    await this.emulator.control.reset();
    this.#runPool = new RunPool();
  }
}

/** Runs all clients concurrently until each has all its responses. */
export async function playSchedule(
  { clients }: Schedule,
  runs: readonly PooledRun[],
  gateway: GraphQLClient,
  number: number,
  service?: ServiceMode,
): Promise<MutationResult[]> {
  const results = await Promise.all(
    clients.map(async (steps, index) => {
      const principal = service?.principal(number, index);
      const own = await new Client({
        name: String(index),
        gateway,
        authorization: principal === undefined ? credential(number) : `Bearer ${principal}`,
        runs,
        keys: `schedule-${number}`,
      }).run(steps);
      return service && principal ? own.map((result) => service.renamedInResult(result, principal)) : own;
    }),
  );
  return results.flat();
}

/** What was observed between gateway and emulator. */
export interface Observed {
  /** All received requests. */
  readonly requests: readonly LoggedRequest[];
  readonly connectionsClosed: boolean;
  readonly successUnproven: boolean;
}

/** @param observed undefined if the emulator's log was lost */
export function evaluate(
  results: readonly MutationResult[],
  runs: readonly PooledRun[],
  ledger: readonly Effect[],
  observed: Observed | undefined,
): ScheduleResult {
  const runIds = new Set(runs.map(({ fieldingRunId }) => fieldingRunId));
  const traces = new Set(results.map(({ traceId }) => traceId));
  const effects = ledger.filter(
    ({ fielding_run_id: run, trace_id: trace }) =>
      (run !== null && runIds.has(run)) || (trace !== null && traces.has(trace)),
  );
  const complete = results.map((result) => ({ ...result, sent: observed && sentFor(result, observed) }));
  return { results: complete, effects, violations: findViolations(complete, effects, runs) };
}

function sentFor(
  { traceId }: MutationResult,
  { requests, connectionsClosed, successUnproven }: Observed,
): SentCalls {
  const changes = requests.filter(
    ({ method, headers }) => method !== 'GET' && headers['traceparent']?.toString().includes(traceId),
  );
  const keys = new Set(changes.flatMap(({ headers }) => headers['idempotency-key'] ?? []));
  return { changes: changes.length, keys: [...keys], connectionsClosed, successUnproven };
}

/**
 * Waits until the emulator has no request in flight. A call that the gateway abandoned still takes effect after
 * the delay of its fault; one whose client left continues for an attempt.
 */
async function untilIdle({ clients, faults }: Schedule): Promise<void> {
  const clientLeft = clients.flat().some(({ leavesAfter }) => leavesAfter !== undefined);
  const delayed = faults.some(({ when, delay }: Fault) => when === 'before' && delay > 0);
  await sleep((clientLeft ? ATTEMPT_TIMEOUT_MS : 0) + (delayed || clientLeft ? MAX_DELAY_MS : 0) + 10);
}
