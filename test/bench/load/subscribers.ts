import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** So many clients connect at a time. */
const CONNECTING = 100;
const EVENT_TIMEOUT_MS = 30_000;

export interface Subscribing {
  /** Of the gateway, without a path. */
  readonly url: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Clients that speak just enough of `graphql-transport-ws`, each on a connection of its own. */
export class Subscribers {
  readonly #sockets: WebSocket[] = [];
  #events = 0;
  #lastEventAt = 0;
  #failure: string | undefined;

  /** How many events all clients have received. */
  get events(): number {
    if (this.#failure !== undefined) throw new Error(`A subscription failed: ${this.#failure}`);
    return this.#events;
  }

  /** On the clock of `performance.now()`. */
  get lastEventAt(): number {
    return this.#lastEventAt;
  }

  /** Opens so many more subscriptions. */
  async open(count: number, subscribing: Subscribing): Promise<void> {
    for (let opened = 0; opened < count; opened += CONNECTING) {
      const batch = Math.min(CONNECTING, count - opened);
      await Promise.all(Array.from({ length: batch }, () => this.#open(subscribing)));
    }
  }

  /** Waits until all clients together have received so many events. */
  async received(events: number): Promise<void> {
    const end = performance.now() + EVENT_TIMEOUT_MS;
    while (this.events < events) {
      if (performance.now() > end)
        throw new Error(`${this.events} of ${events} events have arrived in time.`);
      await sleep(5);
    }
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#sockets.splice(0).map(async (socket) => {
        const closed = once(socket, 'close');
        socket.close(1000);
        await closed;
      }),
    );
  }

  async #open({ url, query, variables }: Subscribing): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    this.#sockets.push(socket);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer bench' } }));
    await new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        // The type stands in the first characters of a message or right after its id.
        const start = data.toString('latin1', 0, 60);
        if (start.includes('"connection_ack"')) {
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
          resolve();
        } else if (start.includes('"next"')) {
          this.#events += 1;
          this.#lastEventAt = performance.now();
        } else if (start.includes('"ping"')) socket.send('{"type":"pong"}');
        else this.#failure = data.toString();
      });
    });
  }
}
