import { UpstreamError } from '../../upstream/errors.js';
import type { FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { inInputWords, type InputPath } from './input-path.js';
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
  /** Where in the input the properties of the REST request come from: made by `inputPath`. */
  readonly pathOf: InputPath;
  /** That there is no such subject, as a sentence for people. */
  readonly notFound: string;
  /** The fielding run that was to be changed, and from which version. */
  readonly fieldingRun?: { readonly ref: FieldingRunRef; readonly version: string };
}

const NOT_ALLOWED = 'The state of the fielding run does not allow this change.';

/**
 * The failure of a mutation as data, where a user can act on it: one error, or one for each thing that the API finds wrong
 * with the input.
 *
 * @throws the error itself where not: it becomes a GraphQL error
 */
export function toUserErrors(error: unknown, subject: MutationSubject): readonly UserError[] {
  if (!(error instanceof UpstreamError) || error.details.outcomeUnknown === true) throw error;
  const { field, fieldingRun, notFound, pathOf } = subject;
  const message = inInputWords(error.details.detail ?? error.message, pathOf);
  switch (error.code) {
    case 'PRECONDITION_FAILED':
      if (fieldingRun === undefined) throw error;
      return [
        new VersionConflictError(
          'Somebody else has changed the fielding run since you read it.',
          ['version'],
          fieldingRun.version,
          fieldingRun.ref,
        ),
      ];
    case 'INVALID_STATE':
      return (
        validationErrors(error, subject) ?? [
          new InvalidStateError(
            error.details.detail === undefined ? NOT_ALLOWED : message,
            field,
            fieldingRun,
          ),
        ]
      );
    case 'NOT_FOUND':
      return [new NotFoundError(notFound, field)];
    case 'INVALID_REQUEST':
      return validationErrors(error, subject) ?? [new ValidationError(message, null)];
    default:
      throw error;
  }
}

/** What the API finds wrong, in the words of the input. Undefined where it tells nothing of use. */
function validationErrors(
  { details }: UpstreamError,
  { pathOf }: MutationSubject,
): readonly ValidationError[] | undefined {
  const errors = (details.invalidParams ?? []).flatMap(({ name, reason }) => {
    const path = pathOf(name);
    if (path === null)
      return reason === undefined
        ? []
        : [new ValidationError(`${name}: ${inInputWords(reason, pathOf)}`, null)];
    const problem = reason === undefined ? 'The API does not accept it.' : inInputWords(reason, pathOf);
    return [new ValidationError(`\`${path.join('.')}\`: ${problem}`, path)];
  });
  return errors.length === 0 ? undefined : errors;
}
