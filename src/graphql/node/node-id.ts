import { BadUserInputError } from '../../errors.js';
import { kindOfSegment } from '../../upstream/batch-job-kind.js';
import { isDraftLaunchKind } from '../../upstream/draft-launch-kind.js';
import {
  isAccountId,
  isSegment,
  type AccountPlace,
  type BatchJobPlace,
  type DraftLaunchJobPlace,
  type FieldingRunPlace,
  type ProjectPlace,
  type TargetGroupPlace,
} from '../../upstream/place.js';

/** What an id can name, and how it is made up. */
const FORMS = {
  Account: '<account>',
  Project: '<account>/<project>',
  TargetGroup: '<account>/<project>/<target group>',
  FieldingRun: '<account>/<project>/<target group>/<fielding run>',
  BatchJob: '<account>/<project>/<kind of job>/<job>',
  DraftLaunchJob: '<account>/<project>/<target group>/<launch-from-draft or schedule-from-draft>/<job>',
} as const;

const ACCOUNT = 'where `<account>` is a whole number of at most 2147483647 without leading zeros';

export type NodeKind = keyof typeof FORMS;

export type NodePlace =
  | ({ readonly kind: 'Account' } & AccountPlace)
  | ({ readonly kind: 'Project' } & ProjectPlace)
  | ({ readonly kind: 'TargetGroup' } & TargetGroupPlace)
  | ({ readonly kind: 'FieldingRun' } & FieldingRunPlace)
  | ({ readonly kind: 'BatchJob' } & BatchJobPlace)
  | ({ readonly kind: 'DraftLaunchJob' } & DraftLaunchJobPlace);

export const accountNodeId = ({ accountId }: AccountPlace): string => accountId;
export const projectNodeId = (place: ProjectPlace): string => `${place.accountId}/${place.projectId}`;
export const targetGroupNodeId = (place: TargetGroupPlace): string =>
  `${projectNodeId(place)}/${place.targetGroupId}`;
export const fieldingRunNodeId = (place: FieldingRunPlace): string =>
  `${targetGroupNodeId(place)}/${place.fieldingRunId}`;
export const batchJobNodeId = (place: BatchJobPlace): string =>
  `${projectNodeId(place)}/${place.action}/${place.jobId}`;
export const draftLaunchJobNodeId = (place: DraftLaunchJobPlace): string =>
  `${targetGroupNodeId(place)}/${place.action}/${place.jobId}`;

/**
 * What `id` names; undefined where it is malformed. Every part is checked, so that an id never leaves its path. A thing
 * has one id, but for a batch job: the kind in its id can be written in the long form of REST paths too.
 */
export function parseNodeId(id: string): NodePlace | undefined {
  const [accountId, projectId, third, fourth, fifth, ...rest] = id.split('/');
  if (rest.length > 0 || accountId === undefined || !isAccountId(accountId)) return undefined;
  if ([projectId, third, fourth, fifth].some((part) => part !== undefined && !isSegment(part))) {
    return undefined;
  }
  if (projectId === undefined) return { kind: 'Account', accountId };
  if (third === undefined) return { kind: 'Project', accountId, projectId };
  if (fourth === undefined) return { kind: 'TargetGroup', accountId, projectId, targetGroupId: third };
  if (fifth !== undefined) {
    if (!isDraftLaunchKind(fourth)) return undefined;
    const place = { accountId, projectId, targetGroupId: third, action: fourth, jobId: fifth };
    return { kind: 'DraftLaunchJob', ...place };
  }
  // No target group has such an id: theirs are ULIDs, in capitals.
  const action = kindOfSegment(third);
  return action !== undefined
    ? { kind: 'BatchJob', accountId, projectId, action, jobId: fourth }
    : { kind: 'FieldingRun', accountId, projectId, targetGroupId: third, fieldingRunId: fourth };
}

/** The place of an id that must name a certain kind of thing; otherwise what is wrong, as a sentence without subject. */
export function placeOf<K extends NodeKind>(kind: K, id: string): Extract<NodePlace, { kind: K }> | string {
  const place = parseNodeId(id);
  if (place?.kind === kind) return place as Extract<NodePlace, { kind: K }>;
  return place === undefined
    ? `is not an id: the id of ${withArticle(kind)} is \`${FORMS[kind]}\`, ${ACCOUNT}.`
    : `is the id of ${withArticle(place.kind)}, and must be that of ${withArticle(kind)}: \`${FORMS[kind]}\`.`;
}

function withArticle(kind: NodeKind): string {
  return kind === 'Account' ? `an ${kind}` : `a ${kind}`;
}

/** {@link placeOf} for an argument of a query. */
export function requirePlace<K extends NodeKind>(
  kind: K,
  id: string,
  argument: string,
): Extract<NodePlace, { kind: K }> {
  const place = placeOf(kind, id);
  if (typeof place === 'string') throw new BadUserInputError(`Argument \`${argument}\` ${place}`);
  return place;
}
