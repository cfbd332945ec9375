import type { IncomingMessage, RequestListener } from 'node:http';
import type { Exchange } from './exchange.js';
import type { RequestHandlers } from './http-server.js';
import { NodeExchange } from './node-exchange.js';
import type { Overload } from './overload.js';
import { GRAPHQL_PATH } from './path.js';
import type { PlainOperations } from './plain-operations.js';
import type { RequestsUnderWay } from './under-way.js';

export interface FrontOptions {
  readonly underWay: RequestsUnderWay;
  readonly overload: Overload;
  readonly operations: PlainOperations;
}

/** Where every request comes first: operations are admitted and answered, or handed on like everything else. */
export class Front {
  readonly #options: FrontOptions;
  readonly #bodies = new WeakMap<IncomingMessage, Buffer>();

  constructor(options: FrontOptions) {
    this.#options = options;
  }

  /** What has been read of the body of a request that was handed on; undefined where nothing has. */
  bodyOf(request: IncomingMessage): Buffer | undefined {
    return this.#bodies.get(request);
  }

  /** @param others gets what is handed on */
  handlers(others: RequestListener): RequestHandlers {
    const { underWay } = this.#options;
    return {
      plain: (exchange) => {
        exchange.onOver(underWay.begin());
        this.#serve(exchange, () => {
          exchange.handOver();
        });
      },
      others: (request, response) => {
        response.on('close', underWay.begin());
        if (!isOperation(request)) {
          others(request, response);
          return;
        }
        const exchange = new NodeExchange(request, response);
        if (!isPlain(request)) {
          this.#options.overload.admit(exchange, () => {
            others(request, response);
          });
          return;
        }
        this.#serve(exchange, (body) => {
          if (body !== undefined) this.#bodies.set(request, body);
          others(request, response);
        });
      },
    };
  }

  #serve(exchange: Exchange, otherwise: (body?: Buffer) => void): void {
    const { overload, operations } = this.#options;
    overload.admit(exchange, () => {
      operations.serve(exchange, otherwise);
    });
  }
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
