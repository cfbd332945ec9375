import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../context.js';
import { UpstreamError } from '../../upstream/errors.js';
import { IdempotencyConflictError, ValidationError, type UserError } from '../errors/user-error.type.js';
import type { InputPath } from '../errors/input-path.js';
import { toUserErrors } from '../errors/user-errors.js';

/** A job that a client wants to have started. */
export interface JobToStart<P> {
  /** What tells one use of a key from another, compared as JSON. */
  readonly use: unknown;
  /** The path in the input of what the job is to act on. */
  readonly field: readonly string[];
  /** That what the job is to act on does not exist, as a sentence for people. */
  readonly notFound: string;
  /** Where in the input the properties of the request come from. */
  readonly pathOf: InputPath;
  /** Asks the API for it. @returns where the job is */
  readonly create: (idempotencyKey: string) => Promise<P>;
}

/** Either where the job is, or why there is none; and the key that it goes by, in any case. */
export interface JobOutcome<P> {
  readonly idempotencyKey: string;
  readonly created: P | undefined;
  readonly userErrors: readonly UserError[];
}

/**
 * Starts a job, once for each key.
 *
 * @param givenKey the client's key; without one, the job gets a new one
 * @param job what to start, or what is wrong with the input
 * @throws {UpstreamError} where the failure is nothing that a user can act on, or nobody knows whether a job was created
 */
export async function startJob<P>(
  { principal, idempotencyKeys, loaders }: RequestContext,
  givenKey: string | null | undefined,
  job: JobToStart<P> | readonly ValidationError[],
): Promise<JobOutcome<P>> {
  const key = givenKey ?? randomUUID();
  const errors = [...('use' in job ? [] : job), ...idempotencyKeyErrors(key)];
  if (!('use' in job) || errors.length > 0) return refused(key, ...errors);

  const claim = await idempotencyKeys.claim(principal.credentialKey, key, job.use);
  if (claim === undefined) return refused(key, keyConflict());
  try {
    return { idempotencyKey: key, created: await job.create(key), userErrors: [] };
  } catch (error) {
    if (error instanceof UpstreamError && error.details.outcomeUnknown !== true) await claim.release();
    return refused(key, ...toUserErrors(error, job));
  } finally {
    loaders.clear();
  }
}

/** What is wrong with an idempotency key. */
export function idempotencyKeyErrors(key: string): readonly ValidationError[] {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return [];
  return [
    new ValidationError('`idempotencyKey` must have 1 to 255 visible ASCII characters.', ['idempotencyKey']),
  ];
}

function refused(idempotencyKey: string, ...userErrors: readonly UserError[]): JobOutcome<never> {
  return { idempotencyKey, created: undefined, userErrors };
}

function keyConflict(): IdempotencyConflictError {
  return new IdempotencyConflictError(
    'The idempotency key has been used for other input. Use a new key for a new intent.',
    ['idempotencyKey'],
  );
}
