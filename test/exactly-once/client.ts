import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLClient } from './graphql-client.js';
import {
  actionDocument,
  draftDocument,
  allowedActions,
  jobDocument,
  runDocument,
  type ActionName,
  type RunStatus,
} from './mutations.js';
import type { ActionStep, DraftStep, JobStep, Step } from './schedule.js';
import {
  outcomeOf,
  type MutationRequest,
  type Outcome,
  type Payload,
  type VisibleRun,
  type MutationResult,
} from './mutation-result.js';

export interface PooledRun {
  readonly accountId: number;
  readonly projectId: string;
  readonly targetGroupId: string;
  readonly fieldingRunId: string;
  readonly version: number;
  readonly status: RunStatus;
}

export interface ClientOptions {
  readonly name: string;
  readonly gateway: GraphQLClient;
  readonly authorization: string;
  readonly runs: readonly PooledRun[];
  /** The prefix of its idempotency keys, unique to the schedule. */
  readonly keys: string;
}

const DAY = 86_400_000;
/** The start of scheduled drafts, the same for all clients. */
const FIRST_DAY = Date.parse('2099-01-01T00:00:00.000Z');

/** Performs its steps one by one and records the outcomes. Like a frontend, it learns versions from responses. */
export class Client {
  readonly #options: ClientOptions;
  readonly #seen: { version: number; status: RunStatus }[];
  #periods = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#seen = options.runs.map(({ version, status }) => ({ version, status }));
  }

  async run(steps: readonly Step[]): Promise<MutationResult[]> {
    const results: MutationResult[] = [];
    for (const step of steps) {
      await sleep(step.after);
      results.push(await this.#do(step));
    }
    return results;
  }

  #do(step: Step): Promise<MutationResult> {
    switch (step.kind) {
      case 'action':
        return this.#act(step);
      case 'job':
        return this.#startJob(step);
      case 'draft':
        return this.#launchDraft(step);
    }
  }

  async #act(step: ActionStep): Promise<MutationResult> {
    const index = step.run % this.#seen.length;
    const run = this.#options.runs[index]!;
    const id = [run.accountId, run.projectId, run.targetGroupId, run.fieldingRunId].join('/');
    if (step.version === 'fresh') await this.#refresh(index, id);
    const seen = this.#seen[index]!;
    const version = seen.version + (step.version === 'stale' ? -1 : step.version === 'ahead' ? 1 : 0);
    const mutation = mutationFor(step, seen.status);
    const period = mutation === 'updateFieldingPeriod' ? this.#nextPeriod() : undefined;
    const { result, payload } = await this.#send(
      step,
      {
        kind: 'action',
        mutation,
        fieldingRunId: run.fieldingRunId,
        version,
        ...(period && { endAt: period.endAt }),
      },
      actionDocument(mutation, step.reads),
      { id, version: String(version), ...period },
    );
    this.#remember(index, payload?.fieldingRun ?? payload?.userErrors[0]?.current);
    return result;
  }

  async #startJob(step: JobStep): Promise<MutationResult> {
    const { runs } = this.#options;
    const picked = [...new Set(step.runs.map((index) => runs[index % runs.length]!))];
    const key = this.#keyFor(step);
    const { result } = await this.#send(
      step,
      {
        kind: 'job',
        mutation: step.mutation,
        targetGroupIds: picked.map(({ targetGroupId }) => targetGroupId),
        key,
      },
      jobDocument(step.mutation, step.reads),
      {
        targetGroupIds: picked.map((run) => [run.accountId, run.projectId, run.targetGroupId].join('/')),
        idempotencyKey: key,
      },
    );
    return result;
  }

  async #launchDraft(step: DraftStep): Promise<MutationResult> {
    const { runs } = this.#options;
    const { accountId, projectId, targetGroupId } = runs[step.run % runs.length]!;
    const key = this.#keyFor(step);
    const period = {
      ...(step.mutation === 'scheduleDraftTargetGroup' && { startAt: new Date(FIRST_DAY).toISOString() }),
      endAt: new Date(FIRST_DAY + step.days * DAY).toISOString(),
    };
    const { result } = await this.#send(
      step,
      {
        kind: 'job',
        mutation: step.mutation,
        targetGroupIds: [targetGroupId],
        period: JSON.stringify(period),
        key,
      },
      draftDocument(step.mutation, step.reads),
      { id: [accountId, projectId, targetGroupId].join('/'), ...period, idempotencyKey: key },
    );
    return result;
  }

  #keyFor({ key }: Pick<JobStep, 'key'>): string | undefined {
    const { keys, name } = this.#options;
    return { none: undefined, own: `${keys}-${name}`, shared: keys }[key];
  }

  async #send(
    { leavesAfter }: Step,
    request: MutationRequest,
    document: string,
    input: unknown,
  ): Promise<{ result: MutationResult; payload: Payload | null | undefined }> {
    const traceId = randomBytes(16).toString('hex');
    const begun = performance.now();
    let outcome: Outcome;
    let payload: Payload | null | undefined;
    try {
      const { data, errors = [] } = await this.#options.gateway.post<Record<string, Payload | null>>(
        document,
        { input },
        this.#headers(traceId),
        leavesAfter === undefined ? undefined : AbortSignal.timeout(leavesAfter),
      );
      payload = data?.[request.mutation];
      outcome = outcomeOf(payload, errors);
    } catch (error) {
      outcome = leavesAfter === undefined ? { is: 'nothing', why: String(error) } : { is: 'gone' };
    }
    return { result: { traceId, request, outcome, tookMs: performance.now() - begun }, payload };
  }

  async #refresh(index: number, id: string): Promise<void> {
    const { data } = await this.#options.gateway.post<{ fieldingRun: VisibleRun | null }>(
      runDocument,
      { id },
      this.#headers(randomBytes(16).toString('hex')),
    );
    this.#remember(index, data?.fieldingRun);
  }

  #remember(index: number, run: VisibleRun | null | undefined): void {
    if (!run) return;
    const known = this.#seen[index]!;
    known.version = Number(run.version);
    if (run.status !== undefined) known.status = run.status as RunStatus;
  }

  #headers(traceId: string): Record<string, string> {
    return { authorization: this.#options.authorization, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  }

  /** Returns a period that no other request asks for. */
  #nextPeriod(): { readonly startAt: string; readonly endAt: string } {
    this.#periods += 1;
    const seconds = this.#periods * 1000 + Number.parseInt(this.#options.name, 10);
    const startAt = Date.now() + DAY;
    return {
      startAt: new Date(startAt).toISOString(),
      endAt: new Date(startAt + 30 * DAY + seconds * 1000).toISOString(),
    };
  }
}

function mutationFor({ mutation }: ActionStep, status: RunStatus): ActionName {
  if (typeof mutation === 'string') return mutation;
  const choice = allowedActions[status];
  return choice[mutation % choice.length]!;
}
