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

/** `segment` is the part of the job's path that the API named in `Location`: `pause`, or the long form. */
export interface BatchJobPlace extends ProjectPlace {
  readonly segment: string;
  readonly jobId: string;
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

export function batchJobPath(place: BatchJobPlace): string {
  return `${projectPath(place)}/batch-jobs/${segment(place.segment)}/${segment(place.jobId)}`;
}

const SEGMENT = /^[A-Za-z0-9_-]{1,128}$/;

/** Whether `id` is one URL path segment and no more: nothing that a URL parser could read as a way out, such as `..`. */
export function isSegment(id: string): boolean {
  return SEGMENT.test(id);
}

function segment(id: string): string {
  // Of these characters none needs percent-encoding (RFC 3986, 2.3).
  if (isSegment(id)) return id;
  throw new UpstreamError('BAD_RESPONSE', 'The Demand API named a resource by an id that is not usable.');
}
