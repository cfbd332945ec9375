import { randomUUID } from 'node:crypto';
import type {
  InvalidParam,
  Problem as ProblemBody,
  TooManyRequestsProblem,
} from '../../contract/demand-api.js';
import type { HttpAnswer } from './answer.js';

/** A request that fails as the API documents it. Thrown anywhere below a route, answered in one place. */
export class Problem extends Error {
  constructor(
    readonly answer: HttpAnswer,
    detail: string,
  ) {
    super(detail);
  }
}

/** @param invalidParams which parameters or properties are not valid, and why */
export function badRequest(detail: string, invalidParams: readonly InvalidParam[] = []): Problem {
  return problem(400, 'bad_request_error', detail, invalidParams);
}

/**
 * A single parameter, header or property that is not valid.
 *
 * @param reason completes the sentence that the name begins
 */
export function invalidParam(name: string, reason: string, detail = `${name} ${reason}.`): Problem {
  return badRequest(detail, [{ name, reason }]);
}

export function unauthorized(): Problem {
  return problem(401, 'authorization_error', 'The access token is missing or invalid.');
}

export function forbidden(detail: string): Problem {
  return problem(403, 'authorization_error', detail);
}

export function missingHeader(name: string): Problem {
  return problem(403, 'required_header_missing', `The header ${name} is required.`);
}

export function notFound(what: string): Problem {
  return problem(404, 'not_found_error', `${what} was not found.`);
}

export function preconditionFailed(): Problem {
  return problem(412, 'precondition_failed_error', 'The resource has changed since the version in If-Match.');
}

export function invalidState(detail: string): Problem {
  return problem(422, 'invalid_state_error', detail);
}

/** The one problem of another form: `details` in place of `id` and `detail`. */
export function tooManyRequests(retryAfterSeconds: number): Problem {
  const details = `Too many requests. Try again in ${retryAfterSeconds} s.`;
  const body: TooManyRequestsProblem = { object: 'too_many_requests_problem_details', details };
  return new Problem({ status: 429, headers: { 'retry-after': String(retryAfterSeconds) }, body }, details);
}

/** Says nothing of what went wrong: that belongs into the log. */
export function internalError(): Problem {
  return problem(500, 'unexpected_internal_error', 'An unexpected error occurred.');
}

function problem(
  status: number,
  object: string,
  detail: string,
  invalidParams: readonly InvalidParam[] = [],
): Problem {
  const body: ProblemBody = {
    id: randomUUID(),
    object,
    detail,
    ...(invalidParams.length > 0 && { invalid_params: invalidParams }),
  };
  return new Problem({ status, body }, detail);
}
