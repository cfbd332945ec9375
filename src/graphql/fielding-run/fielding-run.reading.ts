import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { badResponse } from '../../upstream/errors.js';
import type { ActionOutcome } from '../../upstream/client.js';
import type { FieldingRunPlace } from '../../upstream/place.js';
import { isOlder } from '../../upstream/version.js';
import { selectedFields } from '../selection.js';
import { FieldingRun } from './fielding-run.type.js';

/** Waits before reading again a run that came older than its change, in milliseconds. */
const REREAD_AFTER_MS = [50, 200, 500];

export async function findFieldingRun(
  { loaders }: RequestContext,
  place: FieldingRunPlace,
): Promise<FieldingRun | null> {
  const read = await loaders.fieldingRun.load(place);
  return read === null ? null : new FieldingRun(place, read.run, read.etagVersion);
}

/**
 * The run after an action on it: from what the answer told where that is all that was selected, else from one `GET`,
 * for all fields, so that they are of one version.
 */
export async function changedFieldingRun(
  context: RequestContext,
  place: FieldingRunPlace,
  outcome: ActionOutcome,
  info: GraphQLResolveInfo,
): Promise<FieldingRun | null> {
  const told = fieldsTold(outcome);
  const selected = selectedFields(info, 'FieldingRun');
  if ([...selected].every((field) => told.has(field))) {
    return new FieldingRun(place, outcome.period ?? {}, outcome.version);
  }
  return await findAtLeast(context, place, outcome.version);
}

/** The fields of a run that need no call after an action. */
export function fieldsTold({ version, period }: ActionOutcome): ReadonlySet<string> {
  return new Set([
    ...['__typename', 'id', 'fieldingRunId', 'targetGroup'],
    ...(version === undefined ? [] : ['version']),
    ...(period === undefined ? [] : ['startAt', 'endAt']),
  ]);
}

/** Reads a run that must not be older than `version`: a replica behind the API may lag behind the change. */
async function findAtLeast(
  context: RequestContext,
  place: FieldingRunPlace,
  version: string | undefined,
): Promise<FieldingRun | null> {
  for (const delay of [0, ...REREAD_AFTER_MS]) {
    if (delay > 0) await sleep(delay);
    const run = await findFieldingRun(context, place);
    if (run === null || version === undefined || !isOlder(run.version, version)) return run;
    context.loaders.fieldingRun.clear(place);
  }
  throw badResponse(
    'The Demand API keeps answering with the state before the change. The change itself was made.',
  );
}
