import type { Socket } from 'node:net';
import { Ending } from '../ending.js';
import type { Exchange, JsonAnswer, RequestFields } from '../exchange.js';
import { writeAnswer } from './answer.js';
import { MAX_REQUEST_BYTES, readRequest } from './request.js';

/** A request may come in so many pieces, and so many more may come before it has its answer: each is copied. */
const MAX_PIECES = 8;
/** For so many looks ({@link Connection.look}) may the rest of a request be missing. */
const LOOKS_FOR_REST = 2;

/** Who has connections. */
export interface ConnectionOwner {
  /** For how long a connection is kept without a request. */
  readonly keepAliveSeconds: number;
  serve(exchange: PlainExchange): void;
  /** Gives a connection away, for all that it still has, to a server that is a complete one. */
  handOver(socket: Socket): void;
  /** It has been closed, or given away. */
  onLeft(connection: Connection): void;
}

/** A connection for as long as nothing but plain requests come on it. */
export class Connection {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  /** From the beginning of the request that is answered, or whose rest is missing. */
  #bytes: Buffer = NOTHING;
  #pieces = 0;
  #exchange: PlainExchange | undefined;
  /** What follows the request that is answered begins here. */
  #end = 0;
  #looks = 0;
  /** Whether the connection ends with the answer that is written. */
  #isLast = false;

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket
      .on('data', this.#onBytes)
      .on('end', this.#onEnd)
      .on('error', this.#onError)
      .on('close', this.#onClose);
  }

  /** Whether nothing of a request has come that has no answer yet. */
  get isIdle(): boolean {
    return this.#exchange === undefined && this.#bytes.length === 0;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** To be called once a second. */
  look(): void {
    if (this.#exchange !== undefined) return;
    this.#looks += 1;
    if (this.#bytes.length > 0) {
      if (this.#looks > LOOKS_FOR_REST) this.handOver();
    } else if (this.#looks > this.#owner.keepAliveSeconds) {
      this.destroy();
    }
  }

  /** Answers the request that is under way. */
  write(answer: JsonAnswer, isLast: boolean): void {
    const { keepAliveSeconds } = this.#owner;
    const { text, encoding } = writeAnswer(answer, { isLast, keepAliveSeconds });
    this.#isLast = isLast;
    this.#socket.write(text, encoding, this.#onWritten);
  }

  /** Gives the connection away with all that has not been answered. */
  handOver(): void {
    const socket = this.#socket;
    socket
      .off('data', this.#onBytes)
      .off('end', this.#onEnd)
      .off('error', this.#onError)
      .off('close', this.#onClose);
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.end(false);
    this.#owner.onLeft(this);
    socket.unshift(this.#bytes);
    this.#owner.handOver(socket);
    socket.resume();
  }

  readonly #onBytes = (bytes: Buffer): void => {
    this.#looks = 0;
    this.#pieces += 1;
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    if (this.#exchange === undefined) this.#take();
    // The next request waits for this one's answer.
    else if (this.#bytes.length > MAX_REQUEST_BYTES || this.#pieces >= MAX_PIECES) this.#socket.pause();
  };

  #take(): void {
    const request = readRequest(this.#bytes);
    if (request === 'others') {
      this.handOver();
    } else if (request === 'incomplete') {
      if (this.#pieces >= MAX_PIECES) this.handOver();
    } else {
      this.#pieces = 0;
      this.#end = request.end;
      this.#exchange = new PlainExchange(this, request.fields, request.body);
      this.#owner.serve(this.#exchange);
    }
  }

  /** The next request is looked at no sooner, so that who does not read answers gets no more of them. */
  readonly #onWritten = (error?: Error | null): void => {
    const exchange = this.#exchange;
    // After an error, 'close' follows.
    if (exchange === undefined || error) return;
    this.#exchange = undefined;
    // Not an empty part of it, which would keep all of it for as long as the connection rests.
    this.#bytes = this.#end === this.#bytes.length ? NOTHING : this.#bytes.subarray(this.#end);
    this.#looks = 0;
    exchange.end(true);
    if (this.#isLast) {
      this.#socket.off('data', this.#onBytes).destroySoon();
    } else {
      if (this.#bytes.length > 0) this.#take();
      if (this.#socket.isPaused()) this.#socket.resume();
    }
  };

  /** As with Node.js' own server, who ends their side wants no more. */
  readonly #onEnd = (): void => {
    this.#socket.end();
  };

  readonly #onClose = (): void => {
    this.#exchange?.end(false);
    this.#owner.onLeft(this);
  };

  readonly #onError = (): void => {
    // 'close' follows.
  };
}

const NOTHING = Buffer.alloc(0);

/** A plain request, whose body is there. */
export class PlainExchange implements Exchange {
  readonly fields: RequestFields;
  readonly #connection: Connection;
  readonly #body: Buffer;
  readonly #ending = new Ending();
  #isLast = false;
  #isAnswered = false;

  constructor(connection: Connection, fields: RequestFields, body: Buffer) {
    this.fields = fields;
    this.#connection = connection;
    this.#body = body;
  }

  get connection(): object {
    return this.#connection;
  }

  get isOver(): boolean {
    return this.#ending.isOver;
  }

  onOver(listener: (answered: boolean) => void): void {
    this.#ending.onOver(listener);
  }

  readBody(_maxBytes: number, done: (body: Buffer) => void): void {
    done(this.#body);
  }

  answer(answer: JsonAnswer): void {
    if (this.isOver || this.#isAnswered) return;
    this.#isAnswered = true;
    this.#connection.write(answer, this.#isLast || answer.closing);
  }

  /** Has the connection end with the answer. */
  endConnection(): void {
    this.#isLast = true;
  }

  /** Has a complete server read and answer the request, and all that follow on its connection. */
  handOver(): void {
    if (!this.isOver) this.#connection.handOver();
  }

  end(answered: boolean): void {
    this.#ending.end(answered);
  }
}
