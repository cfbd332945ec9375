import type { BatchJobKind } from '../../contract/demand-api.js';
import { OPERATION_OF_KIND } from './batch-job-kind.js';
import type { DraftLaunchKind } from './draft-launch-kind.js';
import { UpstreamError } from '../errors.js';

/**
 * Places in the hierarchy of REST resources: the raw ids that lead to a resource, outermost first. A place that a
 * client named has been checked (see `graphql/node/node-id.ts`); one that REST named is checked when a path is made of it.
 */
export interface AccountRef {
  readonly accountId: string;
}

export interface ProjectRef extends AccountRef {
  readonly projectId: string;
}

export interface TargetGroupRef extends ProjectRef {
  readonly targetGroupId: string;
}

export interface FieldingRunRef extends TargetGroupRef {
  readonly fieldingRunId: string;
}

export interface BatchJobRef extends ProjectRef {
  readonly action: BatchJobKind;
  readonly jobId: string;
}

export interface DraftLaunchJobRef extends TargetGroupRef {
  readonly action: DraftLaunchKind;
  readonly jobId: string;
}

/** Where the people of an account are listed. */
export function usersPath({ accountId }: AccountRef): string {
  return `/accounts/${segment(accountId)}/users`;
}

export function accountPath({ accountId }: AccountRef): string {
  return `/demand/accounts/${segment(accountId)}`;
}

export function projectPath(ref: ProjectRef): string {
  return `${accountPath(ref)}/projects/${segment(ref.projectId)}`;
}

export function targetGroupPath(ref: TargetGroupRef): string {
  return `${projectPath(ref)}/target-groups/${segment(ref.targetGroupId)}`;
}

export function fieldingRunPath(ref: FieldingRunRef): string {
  return `${targetGroupPath(ref)}/fielding-runs/${segment(ref.fieldingRunId)}`;
}

/** Below it, target groups are read by their raw ids alone. */
export const TARGET_GROUPS_BY_ID = '/demand/target-groups/';

export function targetGroupByIdPath(targetGroupId: string): string {
  return TARGET_GROUPS_BY_ID + segment(targetGroupId);
}

/**
 * The paths below which a change at `path` may be visible. Lists and metrics of the account's projects change too; target
 * groups read by their raw ids have paths that do not name the account.
 */
export function pathsAffectedBy(path: string): readonly string[] {
  const account = /^\/demand\/accounts\/[^/]+/.exec(path)?.[0];
  return account === undefined ? ['/'] : [account, TARGET_GROUPS_BY_ID];
}

/** Where the API answers which actions are allowed for a selection of a project's target groups. */
export function transitionsPath(project: ProjectRef): string {
  return `${projectPath(project)}/compute-target-group-transitions`;
}

type NewBatchJob = Omit<BatchJobRef, 'jobId'>;
type NewDraftLaunchJob = Omit<DraftLaunchJobRef, 'jobId'>;

/** Where batch jobs of a kind are created. */
export function batchJobsPath(ref: NewBatchJob): string {
  return `${projectPath(ref)}/batch-jobs/${OPERATION_OF_KIND[ref.action]}`;
}

/** Under which some versions of the API say in `Location` that a job of a kind is. */
export function shortBatchJobsPath(ref: NewBatchJob): string {
  return `${projectPath(ref)}/batch-jobs/${ref.action}`;
}

/** Where a job is documented to be read. */
export function batchJobPath(ref: BatchJobRef): string {
  return `${batchJobsPath(ref)}/${segment(ref.jobId)}`;
}

/** Where some versions of the API say in `Location` that a job is. */
export function shortBatchJobPath(ref: BatchJobRef): string {
  return `${shortBatchJobsPath(ref)}/${segment(ref.jobId)}`;
}

/** Where jobs that launch a draft, or schedule it, are created. */
export function draftLaunchJobsPath(ref: NewDraftLaunchJob): string {
  return `${targetGroupPath(ref)}/fielding-run-jobs/${ref.action}`;
}

export function draftLaunchJobPath(ref: DraftLaunchJobRef): string {
  return `${draftLaunchJobsPath(ref)}/${segment(ref.jobId)}`;
}

const SEGMENT = /^[A-Za-z0-9_-]{1,128}$/;

/** Whether `id` is one URL path segment and no more: nothing that a URL parser could read as a way out, such as `..`. */
export function isSegment(id: string): boolean {
  return SEGMENT.test(id);
}

const MAX_INT32 = 2 ** 31 - 1;

/** Whether `id` is an account's: a 32-bit integer, written in the one way that JSON writes it, and not negative. */
export function isAccountId(id: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(id) && Number(id) <= MAX_INT32;
}

/**
 * The id of an account in an answer, as text.
 *
 * @throws {UpstreamError} where it cannot be the id of an account
 */
export function accountIdOf(id: number): string {
  const text = String(id);
  if (isAccountId(text)) return text;
  throw unusableId();
}

/**
 * An id in an answer that can be put into a path.
 *
 * @throws {UpstreamError} for any other
 */
export function segment(id: string): string {
  // Of these characters none needs percent-encoding (RFC 3986, 2.3).
  if (isSegment(id)) return id;
  throw unusableId();
}

function unusableId(): UpstreamError {
  return new UpstreamError('BAD_RESPONSE', 'The Demand API named a resource by an id that is not usable.');
}
