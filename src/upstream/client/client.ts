import type * as rest from '../../contract/demand-api.js';
import { FieldingRunStatus, type BatchJobKind } from '../../contract/demand-api.js';
import type { CallScope } from '../http/call.js';
import { UpstreamError } from '../errors.js';
import {
  FieldingRunCalls,
  type ActionOutcome,
  type FieldingRunCallsDeps,
  type FieldingRunRead,
} from './fielding-run-calls.js';
import { JobCalls, type DraftLaunch, type JobCallsDeps } from './job-calls.js';
import {
  accountPath,
  fieldingRunPath,
  projectPath,
  targetGroupByIdPath,
  targetGroupPath,
  transitionsPath,
  usersPath,
  type AccountRef,
  type BatchJobRef,
  type DraftLaunchJobRef,
  type FieldingRunRef,
  type ProjectRef,
  type TargetGroupRef,
} from '../resources/resource-ref.js';
import { queryString } from '../resources/query-string.js';
import type { Credentials } from '../credential/credentials.js';
import type { CallLog } from './call-log.js';
import { ScopedTransport } from './scoped-transport.js';
import type { Transport } from '../resilience/transport.js';
import { bodies } from '../resources/validation.js';

export type ProjectQuery = NonNullable<rest.operations['listProjects']['parameters']['query']>;
export type ChangelogQuery = Pick<
  NonNullable<rest.operations['getTargetGroupChangelog']['parameters']['query']>,
  'page_size' | 'start_after'
>;
export type TargetGroupQuery = NonNullable<rest.operations['listTargetGroups']['parameters']['query']>;

/** Shared by all operations of the process. */
export interface DemandClientDeps extends FieldingRunCallsDeps, JobCallsDeps {
  readonly transport: Transport;
  readonly credentials: Credentials;
}

/**
 * The Demand API, with a method for each REST operation that the gateway uses. Each GraphQL operation has its own client.
 *
 * Reads return null if the resource does not exist. Every failure is an {@link UpstreamError}.
 */
export class DemandClient {
  readonly #calls: ScopedTransport;
  readonly #fieldingRuns: FieldingRunCalls;
  readonly #jobs: JobCalls;

  /** @param log records each call. Default: none does */
  constructor(deps: DemandClientDeps, scope: CallScope, log?: CallLog) {
    this.#calls = new ScopedTransport(deps.transport, scope, log);
    this.#fieldingRuns = new FieldingRunCalls(deps, this.#calls, scope);
    this.#jobs = new JobCalls(deps, this.#calls, scope);
  }

  /** The number of REST calls that the operation has made so far. A call counts once, however often it is retried. */
  get callsMade(): number {
    return this.#calls.made;
  }

  listAccounts(): Promise<rest.AccountList | null> {
    return this.#calls.read('/accounts', bodies.accountList);
  }

  listUsers(account: AccountRef): Promise<rest.UserList | null> {
    return this.#calls.read(usersPath(account), bodies.userList);
  }

  listProjects(account: AccountRef, query: ProjectQuery): Promise<rest.ProjectList | null> {
    return this.#calls.read(`${accountPath(account)}/projects${queryString(query)}`, bodies.projectList);
  }

  getProject(ref: ProjectRef): Promise<rest.Project | null> {
    return this.#calls.read(projectPath(ref), bodies.project);
  }

  getProjectOverview(ref: ProjectRef): Promise<rest.ProjectOverview | null> {
    return this.#calls.read(`${projectPath(ref)}/overview`, bodies.projectOverview);
  }

  listTargetGroups(project: ProjectRef, query: TargetGroupQuery): Promise<rest.TargetGroupList | null> {
    return this.#calls.read(
      `${projectPath(project)}/target-groups${queryString(query)}`,
      bodies.targetGroupList,
    );
  }

  getTargetGroupOverview(ref: TargetGroupRef): Promise<rest.TargetGroupOverview | null> {
    return this.#calls.read(`${targetGroupPath(ref)}/overview`, bodies.targetGroupOverview);
  }

  /** A launched target group by its raw id alone. */
  getTargetGroupOverviewById(targetGroupId: string): Promise<rest.TargetGroupOverviewById | null> {
    return this.#calls.read(`${targetGroupByIdPath(targetGroupId)}/overview`, bodies.targetGroupOverviewById);
  }

  getTargetGroupPerformance(ref: TargetGroupRef): Promise<rest.TargetGroupPerformance | null> {
    return this.#calls.read(`${targetGroupPath(ref)}/performance`, bodies.targetGroupPerformance);
  }

  /** @param interval an ISO 8601 duration */
  getCompletesByInterval(ref: TargetGroupRef, interval: string): Promise<rest.CompletesByInterval | null> {
    return this.#calls.read(
      `${targetGroupPath(ref)}/completes-aggregated-by-interval${queryString({ aggregation_interval: interval })}`,
      bodies.completesByInterval,
    );
  }

  getTargetGroupChangelog(
    ref: TargetGroupRef,
    query: ChangelogQuery,
  ): Promise<rest.TargetGroupChangelog | null> {
    return this.#calls.read(
      `${targetGroupPath(ref)}/changelog${queryString(query)}`,
      bodies.targetGroupChangelog,
    );
  }

  computeTargetGroupTransitions(
    project: ProjectRef,
    selection: rest.TargetGroupTransitionsRequest,
  ): Promise<rest.TargetGroupTransitions | null> {
    return this.#calls.readWith(transitionsPath(project), selection, bodies.targetGroupTransitions);
  }

  getTargetGroupDetails(ref: TargetGroupRef): Promise<rest.TargetGroupDetails | null> {
    return this.#calls.read(`${targetGroupPath(ref)}/details`, bodies.targetGroupDetails);
  }

  /** Returns `launched` if the target group is no longer a draft (301). */
  async getDraftTargetGroup(ref: TargetGroupRef): Promise<rest.DraftTargetGroup | 'launched' | null> {
    try {
      return await this.#calls.read(targetGroupPath(ref), bodies.draftTargetGroup);
    } catch (error) {
      if (error instanceof UpstreamError && error.details.status === 301) return 'launched';
      throw error;
    }
  }

  listFieldingRuns(targetGroup: TargetGroupRef): Promise<rest.FieldingRunList | null> {
    return this.#calls.read(`${targetGroupPath(targetGroup)}/fielding-runs`, bodies.fieldingRunList);
  }

  getFieldingRun(ref: FieldingRunRef): Promise<FieldingRunRead | null> {
    return this.#fieldingRuns.get(ref);
  }

  /** See {@link FieldingRunCalls.reread}. */
  rereadFieldingRun(...args: Parameters<FieldingRunCalls['reread']>): Promise<FieldingRunRead | null> {
    return this.#fieldingRuns.reread(...args);
  }

  /** A new job that the API does not show yet counts as in progress. */
  getBatchJob(ref: BatchJobRef): Promise<rest.BatchJob | null> {
    return this.#jobs.getBatchJob(ref);
  }

  /** A new job that the API does not show yet counts as in progress. */
  getDraftLaunchJob(ref: DraftLaunchJobRef): Promise<rest.FieldingRunJob | null> {
    return this.#jobs.getDraftLaunchJob(ref);
  }

  launchNow(ref: FieldingRunRef, version: string): Promise<ActionOutcome> {
    return this.#act(ref, 'launch-now', version, FieldingRunStatus.Live, 200);
  }

  pauseFieldingRun(ref: FieldingRunRef, version: string): Promise<ActionOutcome> {
    return this.#act(ref, 'pause', version, FieldingRunStatus.Paused);
  }

  resumeFieldingRun(ref: FieldingRunRef, version: string): Promise<ActionOutcome> {
    return this.#act(ref, 'resume', version, FieldingRunStatus.Live);
  }

  completeFieldingRun(ref: FieldingRunRef, version: string): Promise<ActionOutcome> {
    return this.#act(ref, 'complete', version, FieldingRunStatus.Completed);
  }

  relaunchFieldingRun(ref: FieldingRunRef, version: string): Promise<ActionOutcome> {
    return this.#act(ref, 'relaunch', version, FieldingRunStatus.Live);
  }

  updateFieldingPeriod(
    ref: FieldingRunRef,
    version: string,
    period: rest.FieldingPeriod,
  ): Promise<ActionOutcome> {
    return this.#fieldingRuns.change(
      ref,
      { from: version, expected: { period }, documentedStatus: 202 },
      { method: 'PUT', path: fieldingRunPath(ref), json: period },
    );
  }

  /**
   * Starts a job on many target groups of one project. Safe to repeat with the same key.
   */
  createBatchJob(
    project: ProjectRef,
    kind: BatchJobKind,
    targetGroupIds: readonly string[],
    idempotencyKey: string,
  ): Promise<BatchJobRef> {
    return this.#jobs.createBatchJob(project, kind, targetGroupIds, idempotencyKey);
  }

  /**
   * Starts a job that launches or schedules a draft. Safe to repeat with the same key.
   */
  createDraftLaunchJob(
    draft: TargetGroupRef,
    launch: DraftLaunch,
    idempotencyKey: string,
  ): Promise<DraftLaunchJobRef> {
    return this.#jobs.createDraftLaunchJob(draft, launch, idempotencyKey);
  }

  #act(
    ref: FieldingRunRef,
    action: string,
    version: string,
    status: FieldingRunStatus,
    documentedStatus = 204,
  ): Promise<ActionOutcome> {
    return this.#fieldingRuns.change(
      ref,
      { from: version, expected: { status }, documentedStatus },
      { method: 'POST', path: `${fieldingRunPath(ref)}/${action}` },
    );
  }
}
