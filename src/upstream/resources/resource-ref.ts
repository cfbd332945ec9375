import { isAccountId } from '../../account-id.js';
import type { BatchJobKind } from '../../contract/demand-api.js';
import { OPERATION_OF_KIND } from './batch-job-kind.js';
import type { DraftLaunchKind } from './draft-launch-kind.js';
import { UpstreamError } from '../errors.js';

/**
 * A reference to a REST resource: the raw ids on the way to it, outermost first. References from clients have been
 * validated (see `graphql/node/node-id.ts`); ids from REST are validated when a path is built from them.
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

export function usersPath({ accountId }: AccountRef): string {
  return `/accounts/${segment(accountId)}/users`;
}

export function accountPath({ accountId }: AccountRef): string {
  return `/demand/accounts/${segment(accountId)}`;
}

/** Items of a list have the same project, whose path is then validated and built once. */
let lastProject: (ProjectRef & { readonly path: string }) | undefined;

export function projectPath(ref: ProjectRef): string {
  const { accountId, projectId } = ref;
  if (lastProject?.projectId !== projectId || lastProject.accountId !== accountId) {
    const path = `${accountPath(ref)}/projects/${segment(projectId)}`;
    lastProject = { accountId, projectId, path };
  }
  return lastProject.path;
}

export function targetGroupPath(ref: TargetGroupRef): string {
  return `${projectPath(ref)}/target-groups/${segment(ref.targetGroupId)}`;
}

export function fieldingRunPath(ref: FieldingRunRef): string {
  return `${targetGroupPath(ref)}/fielding-runs/${segment(ref.fieldingRunId)}`;
}

/**
 * The account that a path names; undefined for the list of accounts, and for a target group by its raw id alone, whose account is
 * in the response.
 */
export function accountIdIn(path: string): string | undefined {
  return /^(?:\/demand)?\/accounts\/([^/?]+)/.exec(path)?.[1];
}

const PARTS = /^\/demand\/accounts\/([^/?]+)\/projects\/([^/?]+)(?:\/target-groups\/([^/?]+))?/;

/** The project, and the target group if the path is below one; undefined for other paths. */
export function resourceIn(path: string): (ProjectRef & Partial<TargetGroupRef>) | undefined {
  const [, accountId, projectId, targetGroupId] = PARTS.exec(path) ?? [];
  if (accountId === undefined || projectId === undefined) return undefined;
  return { accountId, projectId, ...(targetGroupId !== undefined && { targetGroupId }) };
}

/** The collection of target groups by their raw ids alone. */
const TARGET_GROUPS_BY_ID = '/demand/target-groups/';

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

export function transitionsPath(project: ProjectRef): string {
  return `${projectPath(project)}/compute-target-group-transitions`;
}

type NewBatchJob = Omit<BatchJobRef, 'jobId'>;
type NewDraftLaunchJob = Omit<DraftLaunchJobRef, 'jobId'>;

/** The documented collection of the batch jobs of a kind. */
export function batchJobsPath(ref: NewBatchJob): string {
  return `${projectPath(ref)}/batch-jobs/${OPERATION_OF_KIND[ref.action]}`;
}

/** The collection that some versions of the API name in `Location` instead. */
export function shortBatchJobsPath(ref: NewBatchJob): string {
  return `${projectPath(ref)}/batch-jobs/${ref.action}`;
}

export function batchJobPath(ref: BatchJobRef): string {
  return `${batchJobsPath(ref)}/${segment(ref.jobId)}`;
}

export function shortBatchJobPath(ref: BatchJobRef): string {
  return `${shortBatchJobsPath(ref)}/${segment(ref.jobId)}`;
}

export function draftLaunchJobsPath(ref: NewDraftLaunchJob): string {
  return `${targetGroupPath(ref)}/fielding-run-jobs/${ref.action}`;
}

export function draftLaunchJobPath(ref: DraftLaunchJobRef): string {
  return `${draftLaunchJobsPath(ref)}/${segment(ref.jobId)}`;
}

const SEGMENT = /^[A-Za-z0-9_-]{1,128}$/;

/** Whether `id` is a single URL path segment that no URL parser treats specially, as it does `..`. */
export function isSegment(id: string): boolean {
  return SEGMENT.test(id);
}

/**
 * Validates an account id of a response, and returns it as text.
 *
 * @throws {UpstreamError} if it is not a valid account id
 */
export function accountIdOf(id: number): string {
  const text = String(id);
  if (isAccountId(text)) return text;
  throw unusableId();
}

/**
 * Validates an id for use in a path.
 *
 * @throws {UpstreamError} if it is not a safe path segment
 */
export function segment(id: string): string {
  // None of its characters needs percent-encoding (RFC 3986, 2.3).
  if (isSegment(id)) return id;
  throw unusableId();
}

function unusableId(): UpstreamError {
  return new UpstreamError('BAD_RESPONSE', 'The Demand API returned an invalid resource id.');
}
