import type { BatchJobKind } from '../contract/demand-api.js';
import { OPERATION_OF_KIND } from './batch-job-kind.js';
import type { DraftLaunchKind } from './draft-launch-kind.js';
import { UpstreamError } from './errors.js';

/**
 * Places in the hierarchy of REST resources: the raw ids that lead to a resource, outermost first. A place that a
 * client named has been checked (see `graphql/node/node-id.ts`); one that REST named is checked when a path is made of it.
 */
export interface AccountPlace {
  readonly accountId: string;
}

export interface ProjectPlace extends AccountPlace {
  readonly projectId: string;
}

export interface TargetGroupPlace extends ProjectPlace {
  readonly targetGroupId: string;
}

export interface FieldingRunPlace extends TargetGroupPlace {
  readonly fieldingRunId: string;
}

export interface BatchJobPlace extends ProjectPlace {
  readonly action: BatchJobKind;
  readonly jobId: string;
}

export interface DraftLaunchJobPlace extends TargetGroupPlace {
  readonly action: DraftLaunchKind;
  readonly jobId: string;
}

/** Where the people of an account are listed. */
export function usersPath({ accountId }: AccountPlace): string {
  return `/accounts/${segment(accountId)}/users`;
}

export function accountPath({ accountId }: AccountPlace): string {
  return `/demand/accounts/${segment(accountId)}`;
}

export function projectPath(place: ProjectPlace): string {
  return `${accountPath(place)}/projects/${segment(place.projectId)}`;
}

export function targetGroupPath(place: TargetGroupPlace): string {
  return `${projectPath(place)}/target-groups/${segment(place.targetGroupId)}`;
}

export function fieldingRunPath(place: FieldingRunPlace): string {
  return `${targetGroupPath(place)}/fielding-runs/${segment(place.fieldingRunId)}`;
}

/** Below it, target groups are read by their raw ids alone. */
export const TARGET_GROUPS_BY_ID = '/demand/target-groups/';

export function targetGroupByIdPath(targetGroupId: string): string {
  return TARGET_GROUPS_BY_ID + segment(targetGroupId);
}

/** Where the API answers which actions are allowed for a selection of a project's target groups. */
export function transitionsPath(project: ProjectPlace): string {
  return `${projectPath(project)}/compute-target-group-transitions`;
}

type NewBatchJob = Omit<BatchJobPlace, 'jobId'>;
type NewDraftLaunchJob = Omit<DraftLaunchJobPlace, 'jobId'>;

/** Where batch jobs of a kind are created. */
export function batchJobsPath(place: NewBatchJob): string {
  return `${projectPath(place)}/batch-jobs/${OPERATION_OF_KIND[place.action]}`;
}

/** Under which some versions of the API say in `Location` that a job of a kind is. */
export function shortBatchJobsPath(place: NewBatchJob): string {
  return `${projectPath(place)}/batch-jobs/${place.action}`;
}

/** Where a job is documented to be read. */
export function batchJobPath(place: BatchJobPlace): string {
  return `${batchJobsPath(place)}/${segment(place.jobId)}`;
}

/** Where some versions of the API say in `Location` that a job is. */
export function shortBatchJobPath(place: BatchJobPlace): string {
  return `${shortBatchJobsPath(place)}/${segment(place.jobId)}`;
}

/** Where jobs that launch a draft, or schedule it, are created. */
export function draftLaunchJobsPath(place: NewDraftLaunchJob): string {
  return `${targetGroupPath(place)}/fielding-run-jobs/${place.action}`;
}

export function draftLaunchJobPath(place: DraftLaunchJobPlace): string {
  return `${draftLaunchJobsPath(place)}/${segment(place.jobId)}`;
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
