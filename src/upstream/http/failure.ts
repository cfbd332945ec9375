import { badResponse, UpstreamError } from '../errors.js';
import { HttpFailure } from './http.js';

/** Converts an {@link HttpFailure} into an {@link UpstreamError}; returns any other error unchanged. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error;
  switch (error.kind) {
    case 'not-connected':
      return new UpstreamError('UNAVAILABLE', 'The Demand API cannot be reached.', { cause: error });
    case 'broken':
      return new UpstreamError('UNAVAILABLE', 'The connection to the Demand API was lost.', {
        answerLost: true,
        cause: error,
      });
    case 'timed-out':
    case 'aborted':
      return timedOut(true, error);
    case 'too-large':
      return badResponse('The response of the Demand API is too large.', {
        answerLost: true,
        cause: error,
      });
    case 'undecodable':
      return badResponse('The response of the Demand API cannot be decoded.', {
        cause: error,
      });
  }
}

/** @param answerLost whether the request may have been sent */
export function timedOut(answerLost: boolean, cause?: unknown): UpstreamError {
  return new UpstreamError('TIMEOUT', 'The Demand API did not respond in time.', { answerLost, cause });
}
