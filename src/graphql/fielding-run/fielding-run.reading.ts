import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { versionOf, type ActionOutcome, type FieldingRunRead } from '../../upstream/client.js';
import { badResponse, UpstreamError } from '../../upstream/errors.js';
import type { FieldingRunPlace } from '../../upstream/place.js';
import { isOlder } from '../../upstream/version.js';
import { selectedFields } from '../selection.js';
import { FieldingRun } from './fielding-run.type.js';

/** What the place alone answers, or a call of its own. */
const NEEDS_NOTHING = ['__typename', 'id', 'fieldingRunId', 'targetGroup'];

export async function findFieldingRun(
  { loaders }: RequestContext,
  place: FieldingRunPlace,
): Promise<FieldingRun | null> {
  const read = await loaders.fieldingRun.load(place);
  return read === null ? null : toFieldingRun(place, read);
}

/** The run that something else names: REST is asked where the selection needs it. */
export async function relatedFieldingRun(
  context: RequestContext,
  place: FieldingRunPlace,
  info: GraphQLResolveInfo,
): Promise<FieldingRun | null> {
  const selected = selectedFields(info, 'FieldingRun');
  if ([...selected].every((field) => NEEDS_NOTHING.includes(field))) return new FieldingRun(place, {});
  return await findFieldingRun(context, place);
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
    if (!(error instanceof UpstreamError)) throw error;
    throw new UpstreamError(error.code, `${CHANGE_MADE} ${error.message}`, {
      ...error.details,
      cause: error.cause,
    });
  }
  throw badResponse(`${CHANGE_MADE} The Demand API does not find the fielding run any more.`);
}

const CHANGE_MADE = 'The change was made, but its result cannot be shown.';

/** The fields of a run that need no call after an action. */
export function fieldsTold({ period }: ActionOutcome): ReadonlySet<string> {
  return new Set([...NEEDS_NOTHING, 'version', ...(period === undefined ? [] : ['startAt', 'endAt'])]);
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

async function findFresh(
  { client, loaders }: RequestContext,
  place: FieldingRunPlace,
  isStale: (version: string) => boolean,
): Promise<FieldingRun | null> {
  const isStaleRead = (read: FieldingRunRead) => isStale(versionOf(read));
  let read = await loaders.fieldingRun.load(place);
  if (read !== null && isStaleRead(read)) {
    read = await client.rereadFieldingRun(place, read, isStaleRead);
    loaders.fieldingRun.clear(place).prime(place, read);
  }
  if (read === null) return null;
  if (!isStaleRead(read)) return toFieldingRun(place, read);
  throw badResponse('The Demand API keeps answering with an old state of the fielding run.');
}

function toFieldingRun(place: FieldingRunPlace, { run, etagVersion }: FieldingRunRead): FieldingRun {
  return new FieldingRun(place, run, etagVersion);
}
