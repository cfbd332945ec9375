import { Pool, type Dispatcher } from 'undici';

/** As many connections as the gateway keeps. */
const CONNECTIONS = 64;

export interface ApiAnswer {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined where there is no body. */
  readonly body: unknown;
}

/** The REST API, with as little as undici can do with: for contestants whose own work is to be seen. */
export interface DemandApi {
  get(path: string, authorization: string): Promise<ApiAnswer>;
  post(path: string, authorization: string, ifMatch: string): Promise<ApiAnswer>;
}

export function createDemandApi(baseUrl: string): DemandApi {
  const { origin, pathname } = new URL(baseUrl);
  const pool = new Pool(origin, { connections: CONNECTIONS, headersTimeout: 0, bodyTimeout: 0 });
  const send = (
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<ApiAnswer> =>
    new Promise((resolve, reject) => {
      pool.dispatch({ method, path: pathname + path, headers }, new Exchange(resolve, reject));
    });
  return {
    get: (path, authorization) => send('GET', path, headersOf(authorization)),
    post: (path, authorization, ifMatch) =>
      send('POST', path, { ...headersOf(authorization), 'if-match': ifMatch }),
  };
}

function headersOf(authorization: string): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': 'benchmark',
    'cint-api-version': '2025-12-18',
    authorization,
  };
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: ApiAnswer['headers'] = {};

  constructor(
    private readonly resolve: (answer: ApiAnswer) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  onRequestStart(): void {
    // undici wants a handler to have it; there is nothing to do.
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ApiAnswer['headers'],
  ): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#status >= 300) {
      this.reject(new Error(`The API answered with ${this.#status}.`));
      return;
    }
    const text = Buffer.concat(this.#chunks).toString();
    try {
      this.resolve({
        headers: this.#headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      });
    } catch (error) {
      this.reject(error as Error);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(error);
  }
}
