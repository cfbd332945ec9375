import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';

export interface GraphQLAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Asks a gateway over HTTP. By `node:http`, since `fetch` takes as long as all that is asked for here. */
export class Poster {
  readonly #agent = new Agent({ keepAlive: true });

  constructor(private readonly gatewayUrl: string) {}

  /** @throws Error where no answer came, or none that is JSON */
  async post<Data>(
    query: string,
    variables: unknown,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<GraphQLAnswer<Data>> {
    const body = JSON.stringify({ query, variables });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${this.gatewayUrl}/graphql`, {
        method: 'POST',
        agent: this.#agent,
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
        ...(signal && { signal }),
      })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    return JSON.parse(await text(response)) as GraphQLAnswer<Data>;
  }

  close(): void {
    this.#agent.destroy();
  }
}
