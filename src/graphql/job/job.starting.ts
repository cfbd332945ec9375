import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../context.js';
import { UpstreamError } from '../../upstream/errors.js';
import type { Claim } from '../../upstream/state/idempotency-keys.js';
import { IdempotencyConflictError, ValidationError, type UserError } from '../errors/user-error.type.js';
import type { InputPath } from '../errors/input-path.js';
import { toUserErrors } from '../errors/user-errors.js';

/** A request to start a job. */
interface JobToStart<P> {
  /** Identifies the input that an idempotency key is used with; compared as JSON. */
  readonly fingerprint: unknown;
  /** The path of the job's subject in the input. */
  readonly field: readonly string[];
  /** The human-readable message if the subject does not exist. */
  readonly notFound: string;
  /** The human-readable message if the subject's state forbids the job and the API does not say why. */
  readonly notAllowed: string;
  /** Maps names in the REST request to paths in the input. */
  readonly pathOf: InputPath;
  /** Creates the job. @returns a reference to it */
  readonly create: (idempotencyKey: string) => Promise<P>;
}

/** A reference to the job, or the reasons why there is none; and the idempotency key in either case. */
export interface JobOutcome<P> {
  readonly idempotencyKey: string;
  readonly created: P | undefined;
  readonly userErrors: readonly UserError[];
}

const NO_CLAIM: Claim = { release: () => Promise.resolve() };

/**
 * Starts a job, once per idempotency key.
 *
 * @param givenKey the client's key. Default: a new one
 * @param job the job to start, or what is wrong with the input
 * @throws {UpstreamError} if the user cannot act on the failure, or the outcome is unknown
 */
export async function startJob<P>(
  { principal, idempotencyKeys, loaders }: RequestContext,
  givenKey: string | null | undefined,
  job: JobToStart<P> | readonly ValidationError[],
): Promise<JobOutcome<P>> {
  const key = givenKey ?? randomUUID();
  const errors = [...('fingerprint' in job ? [] : job), ...idempotencyKeyErrors(key)];
  if (!('fingerprint' in job) || errors.length > 0) return rejected(key, ...errors);

  const claiming = idempotencyKeys.claim(principal.key, key, job.fingerprint);
  // A generated key has not been used before, so the job can be created without a record of it.
  const claim = await (givenKey === null || givenKey === undefined
    ? claiming.catch(() => NO_CLAIM)
    : claiming);
  if (claim === undefined) return rejected(key, keyConflict());
  try {
    return { idempotencyKey: key, created: await job.create(key), userErrors: [] };
  } catch (error) {
    if (error instanceof UpstreamError && error.details.outcomeUnknown !== true) await claim.release();
    return rejected(key, ...toUserErrors(error, job));
  } finally {
    loaders.clear();
  }
}

export function idempotencyKeyErrors(key: string): readonly ValidationError[] {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return [];
  return [
    new ValidationError('`idempotencyKey` must have 1 to 255 visible ASCII characters.', ['idempotencyKey']),
  ];
}

function rejected(idempotencyKey: string, ...userErrors: readonly UserError[]): JobOutcome<never> {
  return { idempotencyKey, created: undefined, userErrors };
}

function keyConflict(): IdempotencyConflictError {
  return new IdempotencyConflictError(
    'The idempotency key was already used with different input. Use a new key for each new action.',
    ['idempotencyKey'],
  );
}
