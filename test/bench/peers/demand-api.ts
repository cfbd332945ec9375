import { Pool, type Dispatcher } from 'undici';

/** The gateway's default number of connections. */
const CONNECTIONS = 64;

export interface ApiResponse {
  /** Undefined if there is no body. */
  readonly body: unknown;
  readonly etag: string | undefined;
}

/** A minimal REST client on undici, for contestants whose own cost is measured. */
export interface DemandApi {
  get(path: string, authorization: string): Promise<ApiResponse>;
  post(path: string, authorization: string, ifMatch: string): Promise<ApiResponse>;
}

export function createDemandApi(baseUrl: string): DemandApi {
  const { origin, pathname } = new URL(baseUrl);
  const pool = new Pool(origin, { connections: CONNECTIONS, headersTimeout: 0, bodyTimeout: 0 });
  const send = (
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<ApiResponse> =>
    new Promise((resolve, reject) => {
      pool.dispatch({ method, path: pathname + path, headers }, new ResponseHandler(resolve, reject));
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

class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #etag: string | undefined;

  constructor(
    private readonly resolve: (response: ApiResponse) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  onRequestStart(): void {
    // Required by undici.
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    { etag }: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    this.#etag = typeof etag === 'string' ? etag : undefined;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#status >= 300) {
      this.reject(new Error(`The API responded with ${this.#status}.`));
      return;
    }
    const [first] = this.#chunks;
    const bytes = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    const text = bytes.toString();
    try {
      this.resolve({
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
        etag: this.#etag,
      });
    } catch (error) {
      this.reject(error as Error);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(error);
  }
}
