import type { IncomingMessage, RequestListener } from 'node:http';
import type { RequestHandlers } from './http/http-server.js';
import { NodeExchange } from './http/node-exchange.js';
import type { Overload } from './overload/overload.js';
import { GRAPHQL_PATH } from './http/path.js';
import type { PlainOperations } from './operations/plain-operations.js';
import type { RequestsUnderWay } from './http/under-way.js';

export interface FrontOptions {
  readonly underWay: RequestsUnderWay;
  readonly overload: Overload;
  readonly operations: PlainOperations;
}

/** Where every request comes first: operations are admitted and answered, or handed on like everything else. */
export function inFrontOf(others: RequestListener, options: FrontOptions): RequestHandlers {
  const { underWay, overload, operations } = options;
  return {
    plain: (exchange) => {
      exchange.onOver(underWay.begin());
      overload.admit(exchange, () => {
        operations.serve(exchange, () => {
          exchange.handOver();
        });
      });
    },
    others: (request, response) => {
      const exchange = NodeExchange.of(request, response);
      const handOn = () => {
        others(request, response);
      };
      exchange.onOver(underWay.begin());
      if (!isOperation(request)) {
        handOn();
        return;
      }
      overload.admit(exchange, () => {
        if (isPlain(request)) operations.serve(exchange, handOn);
        else handOn();
      });
    },
  };
}

function isPlain({ method, url }: IncomingMessage): boolean {
  return method === 'POST' && url === GRAPHQL_PATH;
}

/** A page for browsers, at the same path, and the question whether another origin may call are none. */
function isOperation({ method, url = '' }: IncomingMessage): boolean {
  if (!url.startsWith(GRAPHQL_PATH)) return false;
  const { length } = GRAPHQL_PATH;
  return url.length === length ? method === 'POST' : url[length] === '?' && method !== 'OPTIONS';
}
