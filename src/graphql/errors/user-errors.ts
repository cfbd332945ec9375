import { UpstreamError } from '../../upstream/errors.js';
import type { FieldingRunPlace } from '../../upstream/place.js';
import {
  InvalidStateError,
  NotFoundError,
  ValidationError,
  VersionConflictError,
  type UserError,
} from './user-error.type.js';

/** What a failed mutation was about. */
export interface MutationSubject {
  /** The path in the input of what names the subject, e.g. `["id"]`. */
  readonly field: readonly string[];
  /** The fielding run that was to be changed, and from which version. */
  readonly fieldingRun?: { readonly place: FieldingRunPlace; readonly version: string };
}

const NOT_ALLOWED = 'The state of the fielding run does not allow this change.';
const NO_FIELDING_RUN = 'There is no fielding run with this id.';
const NO_PROJECT = 'The project of these target groups was not found.';

/**
 * The failure of a mutation as data, where a user can act on it.
 *
 * @throws the error itself where not: it becomes a GraphQL error
 */
export function toUserError(error: unknown, { field, fieldingRun }: MutationSubject): UserError {
  if (!(error instanceof UpstreamError) || error.details.outcomeUnknown === true) throw error;
  const message = error.details.detail ?? error.message;
  switch (error.code) {
    case 'PRECONDITION_FAILED':
      if (fieldingRun === undefined) throw error;
      return new VersionConflictError(
        'Somebody else has changed the fielding run since you read it.',
        ['version'],
        fieldingRun.version,
        fieldingRun.place,
      );
    case 'INVALID_STATE':
      return new InvalidStateError(error.details.detail ?? NOT_ALLOWED, field, fieldingRun);
    case 'NOT_FOUND':
      return new NotFoundError(fieldingRun === undefined ? NO_PROJECT : NO_FIELDING_RUN, field);
    case 'INVALID_REQUEST':
      return new ValidationError(message, null);
    default:
      throw error;
  }
}
