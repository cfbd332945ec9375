import { setTimeout as sleep } from 'node:timers/promises';
import type { Effect, LoggedRequest, TestEmulator } from '../helpers/emulator.js';
import { startTestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { Poster } from './post.js';
import { credential } from './credential.js';
import { Client, type StageRun } from './client.js';
import { ATTEMPT_MS, cutsConnections, LATEST_MS, ruleOf, spoilsSuccess, type Fault } from './faults.js';
import { findViolations } from './ledger.js';
import type { GatewayKind, Schedule } from './schedule.js';
import { Stage } from './stage.js';
import type { Sent, Told } from './told.js';

/** What came of a schedule. */
export interface Result {
  readonly told: readonly Told[];
  readonly effects: readonly Effect[];
  readonly violations: readonly string[];
}

const environment = {
  DEMAND_API_TIMEOUT_MS: String(ATTEMPT_MS),
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

/** So that the ledger, which is read whole each time, stays short. */
const SCHEDULES_PER_RESET = 20;

/** A gateway before an emulator of its own, on which schedules run one after the other. Close it. */
export class Lane {
  #stage = new Stage();
  #schedules = 0;
  readonly #poster: Poster;

  private constructor(
    private readonly emulator: TestEmulator,
    private readonly gateway: TestGateway,
  ) {
    this.#poster = new Poster(gateway.url);
  }

  static async open(kind: GatewayKind): Promise<Lane> {
    const emulator = await startTestEmulator();
    const gateway = await startTestGateway({ demandApiUrl: emulator.url, env: environments[kind] });
    return new Lane(emulator, gateway);
  }

  async close(): Promise<void> {
    this.#poster.close();
    await this.gateway.close();
    await this.emulator.close();
  }

  async run(schedule: Schedule): Promise<Result> {
    const { control } = this.emulator;
    if (this.#schedules % SCHEDULES_PER_RESET === 0) await this.#reset();
    const runs = this.#stage.take(schedule.runs) ?? (await this.#begin(schedule));
    await control.forgetRequests();
    for (const fault of schedule.faults) await control.faults.add(ruleOf(fault));
    try {
      const told = await playSchedule(schedule, runs, this.#poster, (this.#schedules += 1));
      await idle(schedule);
      return judge(told, runs, await control.effects(), {
        requests: await control.requests(),
        connectionsCut: schedule.faults.some(cutsConnections),
        successSpoilt: schedule.faults.some(spoilsSuccess),
      });
    } finally {
      await control.faults.clear();
    }
  }

  async #begin({ runs }: Schedule): Promise<StageRun[]> {
    await this.#reset();
    const taken = this.#stage.take(runs);
    if (taken === undefined) throw new Error(`The demo has no runs that are ${runs.join()}`);
    return taken;
  }

  async #reset(): Promise<void> {
    await this.emulator.control.reset();
    this.#stage = new Stage();
  }
}

/** All clients side by side, until each has all its answers. */
export async function playSchedule(
  { clients }: Schedule,
  runs: readonly StageRun[],
  gateway: Poster,
  number: number,
): Promise<Told[]> {
  const told = await Promise.all(
    clients.map((steps, index) =>
      new Client({
        name: String(index),
        gateway,
        authorization: credential(number),
        runs,
        keys: `schedule-${number}`,
      }).run(steps),
    ),
  );
  return told.flat();
}

/** What is known of the way to the emulator. */
export interface Observed {
  /** All that it has seen. */
  readonly requests: readonly LoggedRequest[];
  readonly connectionsCut: boolean;
  readonly successSpoilt: boolean;
}

/** @param observed undefined where the emulator's log was lost */
export function judge(
  told: readonly Told[],
  runs: readonly StageRun[],
  ledger: readonly Effect[],
  observed: Observed | undefined,
): Result {
  const touched = new Set(runs.map(({ fieldingRunId }) => fieldingRunId));
  const traces = new Set(told.map(({ traceId }) => traceId));
  const effects = ledger.filter(
    ({ fielding_run_id: run, trace_id: trace }) =>
      (run !== null && touched.has(run)) || (trace !== null && traces.has(trace)),
  );
  const complete = told.map((one) => ({ ...one, sent: observed && sentFor(one, observed) }));
  return { told: complete, effects, violations: findViolations(complete, effects, runs) };
}

function sentFor({ traceId }: Told, { requests, connectionsCut, successSpoilt }: Observed): Sent {
  const changes = requests.filter(
    ({ method, headers }) => method !== 'GET' && headers['traceparent']?.toString().includes(traceId),
  );
  const keys = new Set(changes.flatMap(({ headers }) => headers['idempotency-key'] ?? []));
  return { changes: changes.length, keys: [...keys], connectionsCut, successSpoilt };
}

/**
 * Waits until nothing is under way in the emulator. What a gateway has given up on is still carried out, once the delay
 * that a fault put before it is over; what a client has left goes on for an attempt.
 */
async function idle({ clients, faults }: Schedule): Promise<void> {
  const left = clients.flat().some(({ leavesAfter }) => leavesAfter !== undefined);
  const late = faults.some(({ when, delay }: Fault) => when === 'before' && delay > 0);
  await sleep((left ? ATTEMPT_MS : 0) + (late || left ? LATEST_MS : 0) + 10);
}
