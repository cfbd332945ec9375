import { UpstreamError } from '../../upstream/errors.js';
import type { FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { explanationOf } from './explanation.js';
import { withInputNames, type InputPath } from './input-path.js';
import {
  InvalidStateError,
  NotFoundError,
  ValidationError,
  VersionConflictError,
  type UserError,
} from './user-error.type.js';

/** What a mutation was about. */
interface MutationSubject {
  /** The path of the subject's id in the input, e.g. `["id"]`. */
  readonly field: readonly string[];
  /** Maps names in the REST request to paths in the input; see `inputPath`. */
  readonly pathOf: InputPath;
  /** The same for the properties of its body alone. Default: `pathOf`. */
  readonly bodyPathOf?: InputPath;
  /** The human-readable message if the subject does not exist. */
  readonly notFound: string;
  /** The human-readable message if the subject's state forbids the change and the API does not say why. */
  readonly notAllowed: string;
  /** The fielding run to change, and its expected version. */
  readonly fieldingRun?: { readonly ref: FieldingRunRef; readonly version: string };
}

/**
 * Converts a failed mutation to user errors: a single one, or one per invalid parameter that the API reports.
 *
 * @throws the error itself if the user cannot act on it
 */
export function toUserErrors(error: unknown, subject: MutationSubject): readonly UserError[] {
  if (!(error instanceof UpstreamError) || error.details.outcomeUnknown === true) throw error;
  const { field, fieldingRun, notAllowed, notFound, pathOf } = subject;
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
        (isAboutInput(error, subject) ? validationErrors(error, subject) : undefined) ?? [
          new InvalidStateError(explanationOf(error.details, notAllowed, pathOf), field, fieldingRun),
        ]
      );
    case 'NOT_FOUND':
      return [new NotFoundError(notFound, field)];
    case 'INVALID_REQUEST':
      return (
        validationErrors(error, subject) ?? [
          new ValidationError(withInputNames(error.details.detail ?? error.message, pathOf), null),
        ]
      );
    default:
      throw error;
  }
}

/**
 * Whether a 422 rejects a value in the input: it does not say that it is about the state, and lists a property of the
 * body as invalid. The contract documents 422 only for states.
 */
function isAboutInput({ details }: UpstreamError, { pathOf, bodyPathOf = pathOf }: MutationSubject): boolean {
  return (
    details.kind !== 'invalid_state_error' &&
    (details.invalidParams ?? []).some(({ name }) => bodyPathOf(name) !== null)
  );
}

/** The invalid parameters as errors about the input; undefined if the API reports none. */
function validationErrors(
  { details }: UpstreamError,
  { pathOf }: MutationSubject,
): readonly ValidationError[] | undefined {
  const errors = (details.invalidParams ?? []).flatMap(({ name, reason }) => {
    const path = pathOf(name);
    if (path === null)
      return reason === undefined
        ? []
        : [new ValidationError(`${name}: ${withInputNames(reason, pathOf)}`, null)];
    const problem = reason === undefined ? 'The API rejected this value.' : withInputNames(reason, pathOf);
    return [new ValidationError(`\`${path.join('.')}\`: ${problem}`, path)];
  });
  return errors.length === 0 ? undefined : errors;
}
