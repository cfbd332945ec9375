import type { IncomingMessage, RequestListener } from 'node:http';
import type { Overload } from './overload.js';
import type { PlainOperations } from './plain-operations.js';
import type { RequestsUnderWay } from './under-way.js';

export interface FrontOptions {
  readonly underWay: RequestsUnderWay;
  readonly overload: Overload;
  readonly operations: PlainOperations;
}

/** Every request comes here first: operations are admitted and answered, or handed on like everything else. */
export function inFrontOf(
  others: RequestListener,
  { underWay, overload, operations }: FrontOptions,
): RequestListener {
  return (request, response) => {
    underWay.watch(response);
    if (!isOperation(request)) {
      others(request, response);
      return;
    }
    overload.admit(request, response, () => {
      operations.serve(request, response, () => {
        others(request, response);
      });
    });
  };
}

/** A page for browsers, at the same path, and the question whether another origin may call are none. */
function isOperation({ method, url = '' }: IncomingMessage): boolean {
  if (!url.startsWith(PATH)) return false;
  return url.length === PATH.length ? method === 'POST' : url[PATH.length] === '?' && method !== 'OPTIONS';
}

/** Where GraphQL is served. Nothing else is refused. */
const PATH = '/graphql';
