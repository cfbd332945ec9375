import type { CancelSignal, HttpFailure, HttpResponse } from './http.js';
import { ResponseReader } from './response-reader.js';

/** One request and its response on a connection. */
export class Exchange {
  readonly reader: ResponseReader;

  constructor(
    /** As Latin-1. */
    readonly request: string,
    readonly cancellation: CancelSignal,
    readonly resolve: (response: HttpResponse) => void,
    readonly reject: (failure: HttpFailure) => void,
    maxBodyBytes: number,
  ) {
    this.reader = new ResponseReader(maxBodyBytes);
  }

  /** Ends the exchange before the response is complete. */
  fail(failure: HttpFailure): void {
    const response = this.reader.partialResponse(failure);
    if (response === undefined) this.reject(failure);
    else this.resolve(response);
  }
}
