import { randomUUID } from 'node:crypto';
import type {
  InvalidParam,
  Problem as ProblemBody,
  TooManyRequestsProblem,
} from '../../contract/demand-api.js';
import type { HttpResponse } from './response.js';

/** A documented failure of a request. Thrown anywhere below a route; the error handler sends it. */
export class Problem extends Error {
  constructor(
    readonly response: HttpResponse,
    detail: string,
  ) {
    super(detail);
  }
}

/** @param invalidParams the invalid parameters or properties, with reasons */
export function badRequest(detail: string, invalidParams: readonly InvalidParam[] = []): Problem {
  return problem(400, 'bad_request_error', detail, invalidParams);
}

/**
 * Reports one invalid parameter, header or property.
 *
 * @param reason completes a sentence that starts with the name
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

/** The only problem in another format: `details` instead of `id` and `detail`. */
export function tooManyRequests(retryAfterSeconds: number): Problem {
  const details = `Too many requests. Try again in ${retryAfterSeconds} s.`;
  const body: TooManyRequestsProblem = { object: 'too_many_requests_problem_details', details };
  return new Problem({ status: 429, headers: { 'retry-after': String(retryAfterSeconds) }, body }, details);
}

/** Reveals no cause; that goes to the log. */
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
