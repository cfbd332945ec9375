import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<{ data?: unknown; errors?: readonly unknown[] }>;
}

export interface ConnectionOptions {
  /** Default: one, which lasts from request to request. */
  readonly keepAlive?: boolean;
  readonly maxSockets?: number;
}

/** Requests on connections of their own, which are used in turn. None is sent twice. */
export class Connection {
  readonly #url: string;
  readonly #agent: Agent;
  #localPort: number | undefined;

  constructor(url: string, { keepAlive = true, maxSockets = 1 }: ConnectionOptions = {}) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive, maxSockets, scheduling: 'fifo' });
  }

  /** @throws Error where no answer came */
  async query(query: string, variables: object = {}, token = 'secret'): Promise<Answer> {
    const response = await this.#send('/graphql', JSON.stringify({ query, variables }), {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    });
    return { ...response, body: JSON.parse(response.text) as Answer['body'] };
  }

  /** The data of an answer without errors. */
  async data(query: string, variables: object = {}): Promise<unknown> {
    const { body } = await this.query(query, variables);
    if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
    return body.data;
  }

  async get(path: string): Promise<Answer> {
    const response = await this.#send(path, undefined, {});
    return { ...response, body: JSON.parse(response.text) as Answer['body'] };
  }

  async text(path: string): Promise<string> {
    return (await this.#send(path, undefined, {})).text;
  }

  /** The client's port of the last response. */
  get localPort(): number | undefined {
    return this.#localPort;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(path: string, body: string | undefined, headers: Readonly<Record<string, string>>) {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(this.#url + path, {
        method: body === undefined ? 'GET' : 'POST',
        agent: this.#agent,
        headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
      })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    this.#localPort = response.socket.localPort;
    return { status: response.statusCode, headers: response.headers, text: await text(response) };
  }
}
