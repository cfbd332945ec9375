import { createClient, type Client } from 'graphql-ws';
import { print } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { WebSocket } from 'ws';

/** A client as `docs/clients.md` recommends it: it tries again for ever, at the next gateway. */
export class Subscriber {
  readonly client: Client;
  #socket: WebSocket | undefined;
  #tries: number;

  /** @param urls of the gateways, without a path; the client begins at `first` */
  constructor(urls: readonly string[], first: number, token: string) {
    this.#tries = first;
    this.client = createClient({
      url: () => `${urls[(this.#tries += 1) % urls.length]!.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: Infinity,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
      shouldRetry: () => true,
      on: { opened: (socket) => (this.#socket = socket as WebSocket) },
    });
  }

  follow<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    onData: (data: Data) => void,
  ): Following {
    const following: { errors: unknown[]; isComplete: boolean } = { errors: [], isComplete: false };
    this.client.subscribe<Data>(
      { query: print(document), variables },
      {
        next: ({ data, errors }) => {
          if (errors !== undefined) following.errors.push(...errors);
          if (data) onData(data);
        },
        error: (error) => following.errors.push(error),
        complete: () => (following.isComplete = true),
      },
    );
    return following;
  }

  /** Ends the connection without a closing handshake. */
  cut(): void {
    this.#socket?.terminate();
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}

export interface Following {
  readonly errors: readonly unknown[];
  readonly isComplete: boolean;
}
