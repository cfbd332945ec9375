import { rejection, type OperationResponse } from '../../operations/response/operation-response.js';
import type { OperationStream } from '../../operations/response/operation-stream.js';
import type { OperationPipeline } from '../../operations/pipeline.js';
import type { OperationMessage } from '../../operations/request/request-reader.js';
import { RequestError } from '../../operations/request/request-error.js';
import { Cancellation } from '../../cancellation.js';
import { traceOf } from '../http/trace.js';
import type { ClientSocket } from './client-socket.js';

/** Dependencies of operations, shared by the process. */
export interface SenderOptions {
  readonly pipeline: OperationPipeline;
  /** The most operations that run at the same time on one connection. */
  readonly maxOperations: number;
}

interface MessageOperation {
  readonly client: ClientSocket;
  readonly id: string;
  /** Undefined once the operation is being executed, which can take days. */
  message: OperationMessage | undefined;
  /** Called before an `error` message, after which there is no `complete`. */
  forget(): void;
}

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };

/**
 * Executes an operation and sends its results, as text that is serialized once for all clients. For `graphql-ws` it is an
 * iterator without values that ends with the operation.
 */
export class OperationSender implements AsyncGenerator<never, undefined> {
  readonly #options: SenderOptions;
  readonly #operation: MessageOperation;
  #isWanted = true;
  /** Undefined once there is a response or a stream. */
  #gone: Cancellation | undefined;
  #stream: OperationStream | undefined;

  constructor(options: SenderOptions, operation: MessageOperation) {
    this.#options = options;
    this.#operation = operation;
  }

  async next(): Promise<IteratorResult<never, undefined>> {
    const { client, id } = this.#operation;
    const { operations } = client;
    // The client has completed the operation and reused its id, so `graphql-ws` no longer tracks it.
    const earlier = operations.get(id);
    earlier?.return();
    if (earlier === undefined && operations.size >= this.#options.maxOperations) {
      await this.#respond(this.#tooMany());
      return DONE;
    }
    operations.set(id, this);
    try {
      const stream = await this.#execute();
      if (stream !== undefined) await this.#deliver(stream);
    } finally {
      if (operations.get(id) === this) operations.delete(id);
    }
    // Otherwise `graphql-ws` would complete the other operation that now has the same id.
    return this.#isWanted ? DONE : await new Promise<never>(() => undefined);
  }

  /** The client has completed the operation or disconnected. */
  return(): Promise<IteratorResult<never, undefined>> {
    this.#isWanted = false;
    this.#gone?.cancel();
    this.#stream?.close();
    return Promise.resolve(DONE);
  }

  throw(): Promise<IteratorResult<never, undefined>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Executes the operation, and sends its result unless it has a stream of them. */
  async #execute(): Promise<OperationStream | undefined> {
    const { client } = this.#operation;
    const gone = new Cancellation();
    this.#gone = gone;
    client.begin();
    try {
      const outcome = await this.#run(gone);
      if (!('status' in outcome)) return outcome;
      await this.#respond(outcome);
      return undefined;
    } finally {
      this.#gone = undefined;
      client.answered();
    }
  }

  #run(gone: Cancellation): Promise<OperationResponse | OperationStream> {
    const { client, message } = this.#operation;
    if (message === undefined) throw new Error('An operation is executed once.');
    this.#operation.message = undefined;
    const { headers, address } = client;
    return this.#options.pipeline.run({ headers, address, trace: traceOf(headers), gone }, message);
  }

  async #respond({ body, hasData }: OperationResponse): Promise<void> {
    if (hasData) {
      await this.#send('next', body.trimEnd());
      return;
    }
    const { errors } = JSON.parse(body) as { errors: unknown };
    await this.#fail(JSON.stringify(errors));
  }

  async #deliver(stream: OperationStream): Promise<void> {
    this.#stream = stream;
    if (!this.#isWanted) stream.close();
    const { client } = this.#operation;
    for (;;) {
      const delivery = await stream.pull();
      switch (delivery.kind) {
        case 'result':
          await this.#send('next', delivery.text);
          break;
        case 'failed':
          await this.#fail(delivery.errors);
          return;
        case 'expired':
          client.expired();
          return;
        case 'closing':
          client.goingAway();
          return;
        case 'completed':
          return;
      }
    }
  }

  async #fail(errors: string): Promise<void> {
    this.#operation.forget();
    await this.#send('error', errors);
  }

  async #send(type: 'next' | 'error', payload: string): Promise<void> {
    if (!this.#isWanted) return;
    const { id, client } = this.#operation;
    await client.sendResult(`{"id":${JSON.stringify(id)},"type":"${type}","payload":${payload}}`);
  }

  #tooMany(): OperationResponse {
    const { maxOperations } = this.#options;
    const error = new RequestError(
      429,
      `This connection runs ${maxOperations} operations; more at the same time are not allowed.`,
      { code: 'RATE_LIMITED', retryAfterSeconds: 1 },
    );
    return rejection(error, traceOf(this.#operation.client.headers).traceId);
  }
}
