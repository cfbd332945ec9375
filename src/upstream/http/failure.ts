import { badResponse, UpstreamError } from '../errors.js';
import { HttpFailure } from './http.js';

/** What a failed exchange means. Anything that is no {@link HttpFailure} stays what it is. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error;
  switch (error.kind) {
    case 'not-connected':
      return new UpstreamError('UNAVAILABLE', 'The Demand API cannot be reached.', { cause: error });
    case 'broken':
      return new UpstreamError('UNAVAILABLE', 'The connection to the Demand API broke.', {
        answerLost: true,
        cause: error,
      });
    case 'timed-out':
    case 'aborted':
      return timedOut(true, error);
    case 'too-large':
      return badResponse('The Demand API gave an answer that is too large.', {
        answerLost: true,
        cause: error,
      });
    case 'undecodable':
      return badResponse('The Demand API gave an answer whose content cannot be decoded.', {
        cause: error,
      });
  }
}

/** @param answerLost whether the request may have gone out */
export function timedOut(answerLost: boolean, cause?: unknown): UpstreamError {
  return new UpstreamError('TIMEOUT', 'The Demand API did not answer in time.', { answerLost, cause });
}
