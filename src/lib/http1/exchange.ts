import type { CancelSignal, HttpFailure, HttpResponse } from './http.js';
import { AnswerReader } from './answer-reader.js';

/** A request, what has come of its answer, and who waits for it. */
export class Exchange {
  readonly reader: AnswerReader;

  constructor(
    /** One byte for each character (Latin-1). */
    readonly request: string,
    readonly cancellation: CancelSignal,
    readonly resolve: (response: HttpResponse) => void,
    readonly reject: (failure: HttpFailure) => void,
    maxBodyBytes: number,
  ) {
    this.reader = new AnswerReader(maxBodyBytes);
  }

  /** Ends it before the answer is complete. */
  fail(failure: HttpFailure): void {
    const answer = this.reader.brokenOff(failure);
    if (answer === undefined) this.reject(failure);
    else this.resolve(answer);
  }
}
