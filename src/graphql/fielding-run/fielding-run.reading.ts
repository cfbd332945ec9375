import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { versionOf, type ActionOutcome, type FieldingRunRead } from '../../upstream/client.js';
import { badResponse, UpstreamError } from '../../upstream/errors.js';
import type { FieldingRunPlace } from '../../upstream/place.js';
import { isOlder } from '../../upstream/version.js';
import { selectedFields } from '../selection.js';
import { FieldingRun } from './fielding-run.type.js';

export async function findFieldingRun(
  { loaders }: RequestContext,
  place: FieldingRunPlace,
): Promise<FieldingRun | null> {
  const read = await loaders.fieldingRun.load(place);
  return read === null ? null : toFieldingRun(place, read);
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
  place: FieldingRunPlace,
  outcome: ActionOutcome,
  info: GraphQLResolveInfo,
): Promise<FieldingRun> {
  const told = fieldsTold(outcome);
  const selected = selectedFields(info, 'FieldingRun');
  if ([...selected].every((field) => told.has(field))) {
    return new FieldingRun(place, outcome.period ?? {}, outcome.version);
  }
  if (outcome.read !== undefined) return toFieldingRun(place, outcome.read);
  try {
    const run = await findFresh(context, place, (version) => isOlder(version, outcome.version));
    if (run !== null) return run;
  } catch (error) {
    throw error instanceof UpstreamError ? error.afterChange(CHANGE_MADE) : error;
  }
  throw badResponse(`${CHANGE_MADE} The Demand API does not find the fielding run any more.`);
}

const CHANGE_MADE = 'The change was made, but its result cannot be shown.';

/** The fields of a run that need no call after an action. */
export function fieldsTold({ period }: ActionOutcome): ReadonlySet<string> {
  return new Set([
    ...['__typename', 'id', 'fieldingRunId', 'targetGroup', 'version'],
    ...(period === undefined ? [] : ['startAt', 'endAt']),
  ]);
}

/**
 * The run after a change of it was refused because its version is another one. What comes with the refused version is of
 * a replica that lags behind.
 *
 * @throws {UpstreamError} where it stays so
 */
export function conflictingFieldingRun(
  context: RequestContext,
  place: FieldingRunPlace,
  refusedVersion: string,
): Promise<FieldingRun | null> {
  return findFresh(context, place, (version) => version === refusedVersion);
}

/**
 * The run after a change of it was refused because of its state. A version before the client's is as a rule of a replica that
 * lags behind, and is read again. It is shown where it stays so: an API that looks at the state first refuses versions that
 * never were, too.
 */
export async function refusedFieldingRun(
  context: RequestContext,
  place: FieldingRunPlace,
  clientsVersion: string,
): Promise<FieldingRun | null> {
  const read = await readPastStale(context, place, (version) => isOlder(version, clientsVersion));
  return read === null ? null : toFieldingRun(place, read);
}

async function findFresh(
  context: RequestContext,
  place: FieldingRunPlace,
  isStale: (version: string) => boolean,
): Promise<FieldingRun | null> {
  const read = await readPastStale(context, place, isStale);
  if (read === null) return null;
  if (!isStale(versionOf(read))) return toFieldingRun(place, read);
  throw badResponse('The Demand API keeps answering with an old state of the fielding run.');
}

/** The run, read again where it is stale; the last state that was read where it stays so. */
async function readPastStale(
  { client, loaders }: RequestContext,
  place: FieldingRunPlace,
  isStale: (version: string) => boolean,
): Promise<FieldingRunRead | null> {
  const isStaleRead = (read: FieldingRunRead) => isStale(versionOf(read));
  const first = await loaders.fieldingRun.load(place);
  if (first === null || !isStaleRead(first)) return first;
  const read = await client.rereadFieldingRun(place, first, isStaleRead);
  loaders.fieldingRun.clear(place).prime(place, read);
  return read;
}

function toFieldingRun(place: FieldingRunPlace, { run, etagVersion }: FieldingRunRead): FieldingRun {
  return new FieldingRun(place, run, etagVersion);
}
