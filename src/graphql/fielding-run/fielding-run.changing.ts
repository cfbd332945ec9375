import type { RequestContext } from '../../context.js';
import type { ActionOutcome } from '../../upstream/client.js';
import type { FieldingRunPlace } from '../../upstream/place.js';
import { ValidationError } from '../errors/user-error.type.js';
import { toUserError } from '../errors/user-errors.js';
import { placeOf } from '../node/node-id.js';
import type { FieldingRunInput } from './fielding-run.input.js';
import { FieldingRunPayload } from './fielding-run.payload.js';

/** Changes a fielding run from the version that the client has seen, at most once. */
export async function changeFieldingRun(
  { loaders }: RequestContext,
  { id, version }: FieldingRunInput,
  act: (place: FieldingRunPlace, version: string) => Promise<ActionOutcome>,
): Promise<FieldingRunPayload> {
  const place = placeOf('FieldingRun', id);
  if (typeof place === 'string')
    return FieldingRunPayload.refused(new ValidationError(`\`id\` ${place}`, ['id']));
  try {
    return FieldingRunPayload.changed(place, await act(place, version));
  } catch (error) {
    return FieldingRunPayload.refused(toUserError(error, { field: ['id'], fieldingRun: { place, version } }));
  } finally {
    loaders.clear();
  }
}
