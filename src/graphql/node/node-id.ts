import { requireAccount } from '../../auth/authorization.js';
import type { Principal } from '../../auth/principal.js';
import { isAccountId } from '../../account-id.js';
import { BadUserInputError } from '../../errors.js';
import { kindOfSegment } from '../../upstream/resources/batch-job-kind.js';
import { isDraftLaunchKind } from '../../upstream/resources/draft-launch-kind.js';
import {
  isSegment,
  type AccountRef,
  type BatchJobRef,
  type DraftLaunchJobRef,
  type FieldingRunRef,
  type ProjectRef,
  type TargetGroupRef,
} from '../../upstream/resources/resource-ref.js';

/** The kinds of ids and their formats. */
const FORMS = {
  Account: '<account>',
  Project: '<account>/<project>',
  TargetGroup: '<account>/<project>/<target group>',
  FieldingRun: '<account>/<project>/<target group>/<fielding run>',
  BatchJob: '<account>/<project>/<kind of job>/<job>',
  DraftLaunchJob: '<account>/<project>/<target group>/<launch-from-draft or schedule-from-draft>/<job>',
} as const;

export type NodeKind = keyof typeof FORMS;

export function isNodeKind(name: unknown): name is NodeKind {
  return typeof name === 'string' && Object.hasOwn(FORMS, name);
}

export type NodeRef =
  | ({ readonly kind: 'Account' } & AccountRef)
  | ({ readonly kind: 'Project' } & ProjectRef)
  | ({ readonly kind: 'TargetGroup' } & TargetGroupRef)
  | ({ readonly kind: 'FieldingRun' } & FieldingRunRef)
  | ({ readonly kind: 'BatchJob' } & BatchJobRef)
  | ({ readonly kind: 'DraftLaunchJob' } & DraftLaunchJobRef);

export const accountNodeId = ({ accountId }: AccountRef): string => accountId;
export const projectNodeId = (ref: ProjectRef): string => `${ref.accountId}/${ref.projectId}`;
export const targetGroupNodeId = (ref: TargetGroupRef): string =>
  `${projectNodeId(ref)}/${ref.targetGroupId}`;
export const fieldingRunNodeId = (ref: FieldingRunRef): string =>
  `${targetGroupNodeId(ref)}/${ref.fieldingRunId}`;
export const batchJobNodeId = (ref: BatchJobRef): string =>
  `${projectNodeId(ref)}/${ref.action}/${ref.jobId}`;
export const draftLaunchJobNodeId = (ref: DraftLaunchJobRef): string =>
  `${targetGroupNodeId(ref)}/${ref.action}/${ref.jobId}`;

/**
 * Parses an id; undefined if it is malformed. Every part is checked, so that an id cannot escape its REST path. Ids are
 * unique, except that the kind in a batch job's id can also be written in the long form of REST paths.
 */
export function parseNodeId(id: string): NodeRef | undefined {
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
    const ref = { accountId, projectId, targetGroupId: third, action: fourth, jobId: fifth };
    return { kind: 'DraftLaunchJob', ...ref };
  }
  // No target group has such an id: those are uppercase ULIDs.
  const action = kindOfSegment(third);
  return action !== undefined
    ? { kind: 'BatchJob', accountId, projectId, action, jobId: fourth }
    : { kind: 'FieldingRun', accountId, projectId, targetGroupId: third, fieldingRunId: fourth };
}

/**
 * {@link parseNodeId} for an id that a client sent: every such id passes here.
 *
 * @throws {ForbiddenError} if it is in an account that the principal has no access to, whether or not it exists
 */
export function permittedRef({ grants }: Principal, id: string): NodeRef | undefined {
  const ref = parseNodeId(id);
  if (ref !== undefined) requireAccount(grants, ref.accountId);
  return ref;
}

/**
 * The reference in an id of the given kind; otherwise what is wrong, as a sentence without a subject.
 *
 * @throws {ForbiddenError} see {@link permittedRef}
 */
export function refOf<K extends NodeKind>(
  principal: Principal,
  kind: K,
  id: string,
): Extract<NodeRef, { kind: K }> | string {
  const ref = permittedRef(principal, id);
  if (ref?.kind === kind) return ref as Extract<NodeRef, { kind: K }>;
  const problem = ref === undefined ? malformed(kind, id) : `but is the id of ${withArticle(ref.kind)}`;
  return `must be the id of ${withArticle(kind)}: \`${FORMS[kind]}\`, ${problem}.`;
}

/** What is wrong with an id that {@link parseNodeId} rejects, without repeating it. */
function malformed(kind: NodeKind, id: string): string {
  const parts = id.split('/');
  for (const [index, name] of FORMS[kind].split('/').entries()) {
    const part = parts[index];
    if (part === undefined) break;
    if (index === 0 && !isAccountId(part)) {
      return 'where `<account>` is an integer of at most 2147483647 without leading zeros';
    }
    if (index > 0 && !isSegment(part))
      return `where \`${name}\` has 1 to 128 letters, digits, \`-\` and \`_\``;
    if (kind === 'DraftLaunchJob' && index === 3 && !isDraftLaunchKind(part)) {
      return `where the fourth part is \`launch-from-draft\` or \`schedule-from-draft\``;
    }
  }
  return `but has ${parts.length} ${parts.length === 1 ? 'part' : 'parts'}`;
}

function withArticle(kind: NodeKind): string {
  return kind === 'Account' ? `an ${kind}` : `a ${kind}`;
}

/** {@link refOf} for an argument of a query. */
export function requireRef<K extends NodeKind>(
  principal: Principal,
  kind: K,
  id: string,
  argument: string,
): Extract<NodeRef, { kind: K }> {
  const ref = refOf(principal, kind, id);
  if (typeof ref === 'string') throw new BadUserInputError(`Argument \`${argument}\` ${ref}`);
  return ref;
}
