import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { credential } from '../../exactly-once/credential.js';

const RUN_UPDATED = 'subscription ($id: ID!) { fieldingRunUpdated(id: $id) { version status } }';

interface Result {
  readonly data?: { readonly fieldingRunUpdated: RunState } | null | undefined;
  readonly errors?: readonly unknown[] | undefined;
}

export interface RunState {
  readonly version: string;
  readonly status: string;
}

/** A subscriber of a fielding run, with a client library that has its default settings: it connects again after a break. */
export interface Subscriber {
  readonly transport: 'WebSocket' | 'Server-Sent Events';
  /** The states that it was told, in order. */
  readonly told: readonly RunState[];
  /** Errors, and ends of the subscription that the client did not ask for. */
  readonly problems: readonly unknown[];
  /** How often it has connected. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** @param number distinct for each, so that they share no credential */
export function subscribe(url: string, id: string, number: number): Subscriber {
  const told: RunState[] = [];
  const problems: unknown[] = [];
  const request = { query: RUN_UPDATED, variables: { id } };
  let isClosing = false;
  let connections = 0;
  const sink = {
    next: ({ data, errors = [] }: Result) => {
      problems.push(...errors);
      if (data) told.push(data.fieldingRunUpdated);
    },
    error: (error: unknown) => problems.push(error),
    complete: () => {
      if (!isClosing) problems.push('The subscription was completed.');
    },
  };
  const transport = number % 2 === 0 ? 'WebSocket' : 'Server-Sent Events';
  const authorization = credential(number);
  const on = { connected: () => (connections += 1) };
  const client =
    transport === 'WebSocket'
      ? createWebSocketClient({
          url: `${url.replace('http', 'ws')}/graphql`,
          webSocketImpl: WebSocket,
          connectionParams: { authorization },
          on,
        })
      : createSseClient({ url: `${url}/graphql`, headers: { authorization }, on });
  client.subscribe<NonNullable<Result['data']>>(request, sink);
  return {
    transport,
    told,
    problems,
    connections: () => connections,
    close: async () => {
      isClosing = true;
      await client.dispose();
    },
  };
}
