import { parse, type ExecutionArgs } from 'graphql';
import { CloseCode, makeServer, type Context, type Server } from 'graphql-ws';
import { createSchema } from '../../graphql/schema.js';
import type { OperationMessage } from '../../operations/request/request-reader.js';
import type { ClientSocket } from './client-socket.js';
import { withConnectionParams } from './connection-headers.js';
import { OperationSender, type SenderOptions } from './operation-sender.js';

export interface ProtocolOptions extends SenderOptions {
  /** How long a client may take to initialise its connection, in milliseconds. */
  readonly initTimeoutMs: number;
}

type Params = Record<string, unknown> | undefined;
type ClientContext = Context<Params, ClientSocket>;

interface Subscribed {
  readonly context: ClientContext;
  readonly id: string;
  message: OperationMessage | undefined;
}

/** What Node.js allows for the headers of a request. */
const MAX_HEADERS_LENGTH = 16 * 1024;
/** `graphql-ws` iterates over the results of a subscription only. Its sender executes an operation of any type. */
const ANY_OPERATION = parse('subscription { any }');

/**
 * `graphql-ws` implements the protocol: it initialises connections, answers pings and ends operations. The gateway sends the
 * results.
 */
export function createProtocol(options: ProtocolOptions): Server<ClientSocket> {
  const schema = createSchema();
  return makeServer<Params, ClientSocket>({
    connectionInitWaitTimeout: options.initTimeoutMs,
    onConnect: initialise,
    onSubscribe: (context, id, payload): ExecutionArgs => ({
      schema,
      document: ANY_OPERATION,
      contextValue: {
        context,
        id,
        message: { payload: taken(payload), bytes: context.extra.messageBytes },
      } satisfies Subscribed,
    }),
    subscribe({ contextValue }) {
      const subscribed = contextValue as Subscribed;
      const { context, id, message } = subscribed;
      subscribed.message = undefined;
      return new OperationSender(options, {
        client: context.extra,
        id,
        message,
        // `graphql-ws` sends `complete` for the operations that it knows.
        forget: () => {
          Reflect.deleteProperty(context.subscriptions, id);
        },
      });
    },
  });
}

/** `graphql-ws` keeps the message for as long as the operation runs, which can be days, so everything is taken out of it. */
function taken(payload: object): object {
  const properties = { ...payload };
  for (const name of Object.keys(payload)) Reflect.deleteProperty(payload, name);
  return properties;
}

/** Anyone may connect: each operation is authenticated separately, and fails separately. */
function initialise({ extra: client, connectionParams }: ClientContext): boolean {
  const headers = withConnectionParams(client.headers, connectionParams);
  if (JSON.stringify(headers).length > MAX_HEADERS_LENGTH) {
    client.close(CloseCode.BadRequest, 'The headers in connectionParams are too large.');
    return false;
  }
  client.headers = headers;
  return true;
}
