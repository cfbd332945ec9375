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

/** What the place alone answers, or a call of its own. */
const NEEDS_NOTHING = ['__typename', 'id', 'fieldingRunId', 'targetGroup'];

export async function findFieldingRun(
  { loaders }: RequestContext,
  ref: FieldingRunRef,
): Promise<FieldingRun | null> {
  const read = await loaders.fieldingRun.load(ref);
  return read === null ? null : toFieldingRun(ref, read);
}

/** The run that something else names: REST is asked where the selection needs it. */
export async function relatedFieldingRun(
  context: RequestContext,
  ref: FieldingRunRef,
  info: GraphQLResolveInfo,
): Promise<FieldingRun | null> {
  const selected = selectedFields(info, 'FieldingRun');
  if ([...selected].every((field) => NEEDS_NOTHING.includes(field))) return new FieldingRun(ref, {});
  return await findFieldingRun(context, ref);
}

/**
 * The run after an action on it: from what the answer told where that is all that was selected, else from one `GET`,
 * for all fields, so that they are of one version.
 *
 * @throws {UpstreamError} where the run cannot be read, or only in a state from before the change; it says that the change
 *   was made
 */
export async function changedFieldingRun(
  context: RequestContext,
  ref: FieldingRunRef,
  outcome: ActionOutcome,
  info: GraphQLResolveInfo,
): Promise<FieldingRun> {
  const told = fieldsTold(outcome);
  const selected = selectedFields(info, 'FieldingRun');
  if ([...selected].every((field) => told.has(field))) {
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
  throw badResponse(`${CHANGE_MADE} The Demand API does not find the fielding run any more.`);
}

const CHANGE_MADE = 'The change was made, but its result cannot be shown.';

/** @throws {UpstreamError} where a selected field is broken without which GraphQL makes null of the run */
function requireStatus(run: FieldingRun, selected: ReadonlySet<string>): FieldingRun {
  const needsStatus = selected.has('status') || selected.has('availableActions');
  const status = needsStatus ? orError(() => run.status) : undefined;
  if (status instanceof Error) throw status;
  return run;
}

/** The fields of a run that need no call after an action. */
export function fieldsTold({ period }: ActionOutcome): ReadonlySet<string> {
  return new Set([...NEEDS_NOTHING, 'version', ...(period === undefined ? [] : ['startAt', 'endAt'])]);
}

/**
 * The run after a change of it was refused because its version is another one. What comes with the refused version, or one
 * before it, is as a rule of a replica that lags behind, and is read again. An older one is shown where it stays so: clients
 * may send versions that never were.
 *
 * @throws {UpstreamError} where it keeps coming with the version that was refused
 */
export async function conflictingFieldingRun(
  context: RequestContext,
  ref: FieldingRunRef,
  refusedVersion: string,
): Promise<FieldingRun | null> {
  const read = await readPast(context, ref, (version) => !isOlder(refusedVersion, version));
  if (read !== null && versionOf(read) === refusedVersion) throw staleRun();
  return read && toFieldingRun(ref, read);
}

/**
 * The run after a change of it was refused because of its state. A version before the client's is read again. It is shown
 * where it stays so: an API that looks at the state first refuses versions that never were, too.
 */
export async function refusedFieldingRun(
  context: RequestContext,
  ref: FieldingRunRef,
  clientsVersion: string,
): Promise<FieldingRun | null> {
  const read = await readPast(context, ref, (version) => isOlder(version, clientsVersion));
  return read && toFieldingRun(ref, read);
}

/** Reads a run, again where it is stale. @returns the last state that was read, which is still stale where it stays so */
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
  return badResponse('The Demand API keeps answering with an old state of the fielding run.');
}

function toFieldingRun(ref: FieldingRunRef, { run, etagVersion }: FieldingRunRead): FieldingRun {
  return new FieldingRun(ref, run, etagVersion);
}
