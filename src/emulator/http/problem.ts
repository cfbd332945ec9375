import { randomUUID } from 'node:crypto';
import { ProblemObject, TooManyRequestsProblemObject } from '../../contract/demand-api.js';
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

export function badRequest(detail: string): Problem {
  return problem(400, ProblemObject.bad_request_error, detail);
}

export function unauthorized(): Problem {
  return problem(401, ProblemObject.authorization_error, 'The access token is missing or invalid.');
}

export function forbidden(detail: string): Problem {
  return problem(403, ProblemObject.authorization_error, detail);
}

export function missingHeader(name: string): Problem {
  return problem(403, ProblemObject.required_header_missing, `The header ${name} is required.`);
}

export function notFound(what: string): Problem {
  return problem(404, ProblemObject.not_found_error, `${what} was not found.`);
}

export function preconditionFailed(): Problem {
  return problem(
    412,
    ProblemObject.precondition_failed_error,
    'The resource has changed since the version in If-Match.',
  );
}

export function invalidState(detail: string): Problem {
  return problem(422, ProblemObject.invalid_state_error, detail);
}

/** The one problem of another form: `details` in place of `id` and `detail`. */
export function tooManyRequests(retryAfterSeconds: number): Problem {
  const details = `Too many requests. Try again in ${retryAfterSeconds} s.`;
  const object = TooManyRequestsProblemObject.too_many_requests_problem_details;
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return new Problem({ status: 429, headers, body: { object, details } }, details);
}

/** Says nothing of what went wrong: that belongs into the log. */
export function internalError(): Problem {
  return problem(500, ProblemObject.unexpected_internal_error, 'An unexpected error occurred.');
}

function problem(status: number, object: ProblemObject, detail: string): Problem {
  return new Problem({ status, body: { id: randomUUID(), object, detail } }, detail);
}
