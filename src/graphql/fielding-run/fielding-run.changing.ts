import type { RequestContext } from '../../context.js';
import type { ActionOutcome } from '../../upstream/client/fielding-run-calls.js';
import type { FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { ValidationError } from '../errors/user-error.type.js';
import { inputPath } from '../errors/input-path.js';
import { toUserErrors } from '../errors/user-errors.js';
import { refOf } from '../node/node-id.js';
import type { FieldingRunInput } from './fielding-run.input.js';
import { FieldingRunPayload } from './fielding-run.payload.js';

/** Maps parameters and headers of an action's request to paths in the input. */
const FIELDS = {
  account_id: ['id'],
  project_id: ['id'],
  target_group_id: ['id'],
  fielding_run_id: ['id'],
  if_match: ['version'],
};

export interface ChangeOptions {
  /** Maps properties of the request body to paths in the input. Default: the request has no body. */
  readonly bodyFields?: Readonly<Record<string, readonly string[]>>;
  /** Errors of the input besides its id. Default: none. */
  readonly errors?: readonly ValidationError[];
}

/**
 * Changes a fielding run from the version that the client has read, at most once.
 *
 * @throws {ForbiddenError} if the run is in an account that the principal has no access to
 */
export async function changeFieldingRun(
  { loaders, principal }: RequestContext,
  { id, version }: FieldingRunInput,
  act: (ref: FieldingRunRef, version: string) => Promise<ActionOutcome>,
  { bodyFields = {}, errors = [] }: ChangeOptions = {},
): Promise<FieldingRunPayload> {
  const ref = refOf(principal, 'FieldingRun', id);
  if (typeof ref === 'string')
    return FieldingRunPayload.rejected(...errors, new ValidationError(`\`id\` ${ref}`, ['id']));
  if (errors.length > 0) return FieldingRunPayload.rejected(...errors);
  try {
    return FieldingRunPayload.changed(ref, await act(ref, version));
  } catch (error) {
    const pathOf = inputPath({ ...FIELDS, ...bodyFields });
    return FieldingRunPayload.rejected(
      ...toUserErrors(error, {
        field: ['id'],
        notFound: 'There is no fielding run with this id.',
        notAllowed: 'The current state of the fielding run does not allow this change.',
        pathOf,
        bodyPathOf: inputPath(bodyFields),
        fieldingRun: { ref, version },
      }),
    );
  } finally {
    loaders.clear();
  }
}
