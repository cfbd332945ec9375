import type * as rest from '../contract/demand-api.js';
import { FieldingRunStatus, type BatchJobKind } from '../contract/demand-api.js';
import type { CallScope } from './call.js';
import { UpstreamError } from './errors.js';
import {
  FieldingRunCalls,
  type ActionOutcome,
  type FieldingRunCallsDeps,
  type FieldingRunRead,
} from './fielding-run-calls.js';
import { JobCalls, type JobCallsDeps } from './job-calls.js';
import {
  accountPath,
  batchJobsPath,
  draftLaunchJobsPath,
  fieldingRunPath,
  projectPath,
  shortBatchJobsPath,
  targetGroupByIdPath,
  targetGroupPath,
  transitionsPath,
  usersPath,
  type AccountPlace,
  type BatchJobPlace,
  type DraftLaunchJobPlace,
  type FieldingRunPlace,
  type ProjectPlace,
  type TargetGroupPlace,
} from './place.js';
import { queryString } from './query-string.js';
import { ScopedTransport } from './scoped-transport.js';
import type { Transport } from './transport.js';
import { bodies } from './validation.js';

export type ProjectQuery = NonNullable<rest.operations['listProjects']['parameters']['query']>;
export type ChangelogQuery = Pick<
  NonNullable<rest.operations['getTargetGroupChangelog']['parameters']['query']>,
  'page_size' | 'start_after'
>;
export type TargetGroupQuery = NonNullable<rest.operations['listTargetGroups']['parameters']['query']>;

/** What is to become of a draft, as REST is told. */
export type DraftLaunch =
  | { readonly action: 'launch-from-draft'; readonly request: rest.LaunchFromDraftRequest }
  | { readonly action: 'schedule-from-draft'; readonly request: rest.FieldingPeriod };

/** What a client works with, shared by all operations of the process. */
export interface DemandClientDeps extends FieldingRunCallsDeps, JobCallsDeps {
  readonly transport: Transport;
}

/**
 * The Demand API, one method for each operation that the gateway uses. One for each GraphQL operation.
 *
 * A read answers null for what does not exist. Every failure is an {@link UpstreamError}.
 */
export class DemandClient {
  readonly #calls: ScopedTransport;
  readonly #fieldingRuns: FieldingRunCalls;
  readonly #jobs: JobCalls;

  constructor(deps: DemandClientDeps, scope: CallScope) {
    const { credentialKey } = scope;
    this.#calls = new ScopedTransport(deps.transport, scope);
    this.#fieldingRuns = new FieldingRunCalls(deps, this.#calls, credentialKey);
    this.#jobs = new JobCalls(deps, this.#calls, credentialKey);
  }

  listAccounts(): Promise<rest.AccountList | null> {
    return this.#calls.read('/accounts', bodies.accountList);
  }

  /** Everybody of an account. */
  listUsers(account: AccountPlace): Promise<rest.UserList | null> {
    return this.#calls.read(usersPath(account), bodies.userList);
  }

  listProjects(account: AccountPlace, query: ProjectQuery): Promise<rest.ProjectList | null> {
    return this.#calls.read(`${accountPath(account)}/projects${queryString(query)}`, bodies.projectList);
  }

  getProject(place: ProjectPlace): Promise<rest.Project | null> {
    return this.#calls.read(projectPath(place), bodies.project);
  }

  getProjectOverview(place: ProjectPlace): Promise<rest.ProjectOverview | null> {
    return this.#calls.read(`${projectPath(place)}/overview`, bodies.projectOverview);
  }

  listTargetGroups(project: ProjectPlace, query: TargetGroupQuery): Promise<rest.TargetGroupList | null> {
    return this.#calls.read(
      `${projectPath(project)}/target-groups${queryString(query)}`,
      bodies.targetGroupList,
    );
  }

  getTargetGroupOverview(place: TargetGroupPlace): Promise<rest.TargetGroupOverview | null> {
    return this.#calls.read(`${targetGroupPath(place)}/overview`, bodies.targetGroupOverview);
  }

  /** A launched target group by its raw id alone. */
  getTargetGroupOverviewById(targetGroupId: string): Promise<rest.TargetGroupOverviewById | null> {
    return this.#calls.read(`${targetGroupByIdPath(targetGroupId)}/overview`, bodies.targetGroupOverviewById);
  }

  getTargetGroupPerformance(place: TargetGroupPlace): Promise<rest.TargetGroupPerformance | null> {
    return this.#calls.read(`${targetGroupPath(place)}/performance`, bodies.targetGroupPerformance);
  }

  /** @param interval an ISO 8601 duration */
  getCompletesByInterval(
    place: TargetGroupPlace,
    interval: string,
  ): Promise<rest.CompletesByInterval | null> {
    return this.#calls.read(
      `${targetGroupPath(place)}/completes-aggregated-by-interval${queryString({ aggregation_interval: interval })}`,
      bodies.completesByInterval,
    );
  }

  getTargetGroupChangelog(
    place: TargetGroupPlace,
    query: ChangelogQuery,
  ): Promise<rest.TargetGroupChangelog | null> {
    return this.#calls.read(
      `${targetGroupPath(place)}/changelog${queryString(query)}`,
      bodies.targetGroupChangelog,
    );
  }

  computeTargetGroupTransitions(
    project: ProjectPlace,
    selection: rest.TargetGroupTransitionsRequest,
  ): Promise<rest.TargetGroupTransitions | null> {
    return this.#calls.readWith(transitionsPath(project), selection, bodies.targetGroupTransitions);
  }

  getTargetGroupDetails(place: TargetGroupPlace): Promise<rest.TargetGroupDetails | null> {
    return this.#calls.read(`${targetGroupPath(place)}/details`, bodies.targetGroupDetails);
  }

  /** `launched` where the target group is no draft any more (301). */
  async getDraftTargetGroup(place: TargetGroupPlace): Promise<rest.DraftTargetGroup | 'launched' | null> {
    try {
      return await this.#calls.read(targetGroupPath(place), bodies.draftTargetGroup);
    } catch (error) {
      if (error instanceof UpstreamError && error.details.status === 301) return 'launched';
      throw error;
    }
  }

  listFieldingRuns(targetGroup: TargetGroupPlace): Promise<rest.FieldingRunList | null> {
    return this.#calls.read(`${targetGroupPath(targetGroup)}/fielding-runs`, bodies.fieldingRunList);
  }

  getFieldingRun(place: FieldingRunPlace): Promise<FieldingRunRead | null> {
    return this.#fieldingRuns.get(place);
  }

  /** See {@link FieldingRunCalls.reread}. */
  rereadFieldingRun(...args: Parameters<FieldingRunCalls['reread']>): Promise<FieldingRunRead | null> {
    return this.#fieldingRuns.reread(...args);
  }

  /** A job that was created a moment ago and is not seen yet counts as at work. */
  getBatchJob(place: BatchJobPlace): Promise<rest.BatchJob | null> {
    return this.#jobs.getBatchJob(place);
  }

  /** The same holds for a job that launches a draft or schedules it. */
  getDraftLaunchJob(place: DraftLaunchJobPlace): Promise<rest.FieldingRunJob | null> {
    return this.#jobs.getDraftLaunchJob(place);
  }

  launchNow(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'launch-now', version, FieldingRunStatus.Live, 200);
  }

  pauseFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'pause', version, FieldingRunStatus.Paused);
  }

  resumeFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'resume', version, FieldingRunStatus.Live);
  }

  completeFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'complete', version, FieldingRunStatus.Completed);
  }

  relaunchFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'relaunch', version, FieldingRunStatus.Live);
  }

  updateFieldingPeriod(
    place: FieldingRunPlace,
    version: string,
    period: rest.FieldingPeriod,
  ): Promise<ActionOutcome> {
    return this.#fieldingRuns.change(
      place,
      { from: version, expected: { period }, documentedStatus: 202 },
      { method: 'PUT', path: fieldingRunPath(place), json: period },
    );
  }

  /**
   * Starts a job over many target groups of one project. Safe to repeat with the same key.
   *
   * @returns where the job is
   */
  async createBatchJob(
    project: ProjectPlace,
    kind: BatchJobKind,
    targetGroupIds: readonly string[],
    idempotencyKey: string,
  ): Promise<BatchJobPlace> {
    const place = { accountId: project.accountId, projectId: project.projectId, action: kind };
    const jobId = await this.#jobs.create({
      path: batchJobsPath(place),
      json: { target_group_ids: targetGroupIds } satisfies rest.BatchJobRequest,
      idempotencyKey,
      otherParents: [shortBatchJobsPath(place)],
    });
    return { ...place, jobId };
  }

  /**
   * Starts a job that launches a draft, or schedules it. Safe to repeat with the same key.
   *
   * @returns where the job is
   */
  async createDraftLaunchJob(
    { accountId, projectId, targetGroupId }: TargetGroupPlace,
    { action, request }: DraftLaunch,
    idempotencyKey: string,
  ): Promise<DraftLaunchJobPlace> {
    const place = { accountId, projectId, targetGroupId, action };
    const jobId = await this.#jobs.create({
      path: draftLaunchJobsPath(place),
      json: request,
      idempotencyKey,
    });
    return { ...place, jobId };
  }

  #act(
    place: FieldingRunPlace,
    action: string,
    version: string,
    status: FieldingRunStatus,
    documentedStatus = 204,
  ): Promise<ActionOutcome> {
    return this.#fieldingRuns.change(
      place,
      { from: version, expected: { status }, documentedStatus },
      { method: 'POST', path: `${fieldingRunPath(place)}/${action}` },
    );
  }
}
