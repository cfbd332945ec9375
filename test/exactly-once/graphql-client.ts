import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';

export interface GraphQLResponse<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Posts operations to a gateway. It uses `node:http`, because `fetch` costs as much time as everything else here. */
export class GraphQLClient {
  readonly #agent = new Agent({ keepAlive: true });

  constructor(private readonly gatewayUrl: string) {}

  /** @throws Error if there is no response, or it is not JSON */
  async post<Data>(
    query: string,
    variables: unknown,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<GraphQLResponse<Data>> {
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
    return JSON.parse(await text(response)) as GraphQLResponse<Data>;
  }

  close(): void {
    this.#agent.destroy();
  }
}
