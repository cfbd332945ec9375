import type { Socket } from 'node:net';
import { Connection, type ConnectionOwner, type PlainExchange } from './connection.js';

const LOOK_MS = 1000;

export interface ConnectionsOptions {
  readonly keepAliveSeconds: () => number;
  readonly serve: (exchange: PlainExchange) => void;
  /** Takes a connection that has more than plain requests. Bytes that were read have been put back. */
  readonly handOver: (socket: Socket) => void;
}

/** The connections of a server on which nothing but plain requests have come so far. */
export class Connections implements ConnectionOwner {
  readonly #options: ConnectionsOptions;
  readonly #all = new Set<Connection>();
  #looks: NodeJS.Timeout | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  get keepAliveSeconds(): number {
    return this.#options.keepAliveSeconds();
  }

  add(socket: Socket): void {
    this.#all.add(new Connection(socket, this));
    this.#looks ??= setInterval(() => {
      for (const connection of this.#all) connection.look();
    }, LOOK_MS).unref();
  }

  closeIdle(): void {
    for (const connection of this.#all) if (connection.isIdle) connection.destroy();
  }

  closeAll(): void {
    for (const connection of this.#all) connection.destroy();
  }

  serve(exchange: PlainExchange): void {
    this.#options.serve(exchange);
  }

  handOver(socket: Socket): void {
    this.#options.handOver(socket);
  }

  onLeft(connection: Connection): void {
    this.#all.delete(connection);
    if (this.#all.size > 0) return;
    clearInterval(this.#looks);
    this.#looks = undefined;
  }
}
