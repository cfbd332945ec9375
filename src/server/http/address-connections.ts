import type { Socket } from 'node:net';
import { RequestError } from '../../operations/request/request-error.js';
import { clientNetwork, type ClientAddresses } from './client-address.js';

export interface AddressConnectionsOptions {
  /** The most open connections from one address. 0 for no limit. */
  readonly max: number;
  readonly addresses: Pick<ClientAddresses, 'isProxy'>;
}

/** How long a connection beyond the limit stays open to receive a 429, in milliseconds. */
const REJECT_WITHIN_MS = 1000;
/** The most connections of one address that stay open to receive a 429. Further ones are closed at once. */
const MAX_REJECTED = 100;

/** Counts the open connections from each address. Requests on connections beyond the limit get a 429. */
export class AddressConnections {
  readonly #options: AddressConnectionsOptions;
  readonly #open = new Map<string, number>();
  readonly #rejected = new WeakSet<Socket>();

  constructor(options: AddressConnectionsOptions) {
    this.#options = options;
  }

  opened(socket: Socket): void {
    const { max, addresses } = this.#options;
    const { remoteAddress } = socket;
    if (max === 0 || remoteAddress === undefined || addresses.isProxy(remoteAddress)) return;
    const client = clientNetwork(remoteAddress);
    const count = (this.#open.get(client) ?? 0) + 1;
    this.#open.set(client, count);
    socket.once('close', () => {
      this.#closed(client);
    });
    if (count > max + MAX_REJECTED) socket.destroy();
    else if (count > max) this.#reject(socket);
  }

  /** The error for requests on this connection; undefined if they are accepted. */
  errorFor(socket: Socket): RequestError | undefined {
    if (!this.#rejected.has(socket)) return undefined;
    return new RequestError(
      429,
      `Your address has ${this.#options.max} connections open; more are not allowed. Nothing was done.`,
      { code: 'RATE_LIMITED', retryAfterSeconds: 1, headers: { connection: 'close' } },
    );
  }

  #reject(socket: Socket): void {
    this.#rejected.add(socket);
    const timer = setTimeout(() => socket.destroy(), REJECT_WITHIN_MS).unref();
    socket.once('close', () => {
      clearTimeout(timer);
    });
  }

  #closed(client: string): void {
    const left = (this.#open.get(client) ?? 0) - 1;
    if (left > 0) this.#open.set(client, left);
    else this.#open.delete(client);
  }
}
