import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from './schedule.js';

const LATE_MS = 300;

interface Received {
  readonly body: Buffer;
  readonly headers: IncomingHttpHeaders;
}

/** Passes webhook deliveries on to one of the gateways, as it is told to. */
export class WebhookRelay {
  deliveries: Delivery = 'delivered';
  readonly #targets: readonly string[];
  readonly #server = createServer();
  #held: Received | undefined;
  #count = 0;

  /** @param targets URLs of gateways, without a path */
  constructor(targets: readonly string[]) {
    this.#targets = targets;
    this.#server.on('request', (request, response) => {
      void buffer(request)
        .then((body) => this.#receive({ body, headers: request.headers }))
        .finally(() => response.writeHead(204).end());
    });
  }

  /** @returns the URL that the API delivers to */
  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** A delivery that a gateway does not take is lost, as if the API had given up. */
  async #receive(received: Received): Promise<void> {
    switch (this.deliveries) {
      case 'lost':
        return;
      case 'delivered':
        await this.#pass(received);
        return;
      case 'doubled':
        await Promise.all([this.#pass(received), this.#pass(received)]);
        return;
      case 'late':
        void sleep(LATE_MS).then(() => this.#pass(received));
        return;
      case 'reordered': {
        const held = this.#held;
        this.#held = held === undefined ? received : undefined;
        if (held === undefined) return;
        await this.#pass(received);
        await this.#pass(held);
      }
    }
  }

  async #pass({ body, headers }: Received): Promise<void> {
    this.#count += 1;
    const target = this.#targets[this.#count % this.#targets.length]!;
    const forwarded = ['content-type', 'cint-signature'].flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value] as [string, string]] : [];
    });
    await fetch(`${target}/webhooks/demand`, {
      method: 'POST',
      headers: forwarded,
      body: new Uint8Array(body),
    }).catch(() => undefined);
  }
}
