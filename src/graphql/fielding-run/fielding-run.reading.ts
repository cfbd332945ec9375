import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import {
  versionOf,
  type ActionOutcome,
  type FieldingRunRead,
} from '../../upstream/client/fielding-run-calls.js';
import { badResponse, UpstreamError } from '../../upstream/errors.js';
import type { FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { isOlder } from '../../upstream/resources/version.js';
import { orError } from '../items.js';
import { selectedFields } from '../selection.js';
import { FieldingRun } from './fielding-run.type.js';

/** Fields that need no call, or that make their own. */
const NEEDS_NO_CALL = ['__typename', 'id', 'fieldingRunId', 'targetGroup'];

export async function findFieldingRun(
  { loaders }: RequestContext,
  ref: FieldingRunRef,
): Promise<FieldingRun | null> {
  const read = await loaders.fieldingRun.load(ref);
  return read === null ? null : toFieldingRun(ref, read);
}

/** The run that another object refers to, read only if the selection needs it. */
export async function relatedFieldingRun(
  context: RequestContext,
  ref: FieldingRunRef,
  info: GraphQLResolveInfo,
): Promise<FieldingRun | null> {
  const selected = selectedFields(info, 'FieldingRun');
  if ([...selected].every((field) => NEEDS_NO_CALL.includes(field))) return new FieldingRun(ref, {});
  return await findFieldingRun(context, ref);
}

/**
 * The run after an action: from the action's response if that has every selected field, otherwise from one `GET`, so
 * that all fields are of the same version.
 *
 * @throws {UpstreamError} if the run cannot be read, or only in a state from before the change; the message says that
 *   the change was made
 */
export async function changedFieldingRun(
  context: RequestContext,
  ref: FieldingRunRef,
  outcome: ActionOutcome,
  info: GraphQLResolveInfo,
): Promise<FieldingRun> {
  const available = fieldsInOutcome(outcome);
  const selected = selectedFields(info, 'FieldingRun');
  if ([...selected].every((field) => available.has(field))) {
    return new FieldingRun(ref, outcome.period ?? {}, outcome.version);
  }
  if (outcome.read !== undefined) return toFieldingRun(ref, outcome.read);
  try {
    const read = await readPast(context, ref, (version) => isOlder(version, outcome.version));
    if (read !== null && isOlder(versionOf(read), outcome.version)) throw staleRun();
    if (read !== null) return requireStatus(toFieldingRun(ref, read), selected);
  } catch (error) {
    throw error instanceof UpstreamError ? error.afterChange(CHANGE_MADE) : error;
  }
  throw badResponse(`${CHANGE_MADE} The Demand API can no longer find the fielding run.`);
}

const CHANGE_MADE = 'The change was made, but its result cannot be read.';

/** @throws {UpstreamError} if a selected non-null field is malformed, as GraphQL would null the run */
function requireStatus(run: FieldingRun, selected: ReadonlySet<string>): FieldingRun {
  const needsStatus = selected.has('status') || selected.has('availableActions');
  const status = needsStatus ? orError(() => run.status) : undefined;
  if (status instanceof Error) throw status;
  return run;
}

/** The fields of a run that need no call after an action. */
export function fieldsInOutcome({ period }: ActionOutcome): ReadonlySet<string> {
  return new Set([...NEEDS_NO_CALL, 'version', ...(period === undefined ? [] : ['startAt', 'endAt'])]);
}

/**
 * The current run after a version conflict. A read that returns the rejected version or an older one probably comes
 * from a replica that lags behind, so it is repeated. If an older version persists, it is returned: clients can send
 * versions that never existed.
 *
 * @throws {UpstreamError} if reads keep returning the rejected version
 */
export async function conflictingFieldingRun(
  context: RequestContext,
  ref: FieldingRunRef,
  rejectedVersion: string,
): Promise<FieldingRun | null> {
  const read = await readPast(context, ref, (version) => !isOlder(rejectedVersion, version));
  if (read !== null && versionOf(read) === rejectedVersion) throw staleRun();
  return read && toFieldingRun(ref, read);
}

/**
 * The current run after its state did not allow a change. A read that returns a version older than the client's is
 * repeated. If it persists, it is returned: an API that checks the state first also rejects versions that never existed
 * this way.
 */
export async function rejectedFieldingRun(
  context: RequestContext,
  ref: FieldingRunRef,
  clientVersion: string,
): Promise<FieldingRun | null> {
  const read = await readPast(context, ref, (version) => isOlder(version, clientVersion));
  return read && toFieldingRun(ref, read);
}

/** Reads a run, again if it is stale. @returns the last state read, even if it is still stale */
async function readPast(
  { client, loaders }: RequestContext,
  ref: FieldingRunRef,
  isStale: (version: string) => boolean,
): Promise<FieldingRunRead | null> {
  const isStaleRead = (read: FieldingRunRead) => isStale(versionOf(read));
  const first = await loaders.fieldingRun.load(ref);
  if (first === null || !isStaleRead(first)) return first;
  const read = await client.rereadFieldingRun(ref, first, isStaleRead);
  loaders.fieldingRun.clear(ref).prime(ref, read);
  return read;
}

function staleRun(): UpstreamError {
  return badResponse('The Demand API keeps returning an outdated state of the fielding run.');
}

function toFieldingRun(ref: FieldingRunRef, { run, etagVersion }: FieldingRunRead): FieldingRun {
  return new FieldingRun(ref, run, etagVersion);
}
