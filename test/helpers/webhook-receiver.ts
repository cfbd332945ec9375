import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenOnFreePort } from './ports.js';

export interface CloudEvent {
  readonly id: string;
  readonly specversion: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly datacontenttype: string;
  readonly dataschema: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  /** As it was sent. */
  readonly body: string;
  readonly event: CloudEvent;
}

/** A status with headers, or nothing at all: the connection stays open. */
export type Answer =
  number | { readonly status: number; readonly headers: Record<string, string> } | 'nothing';

/** An HTTP server that records what webhooks deliver. Close it. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** What to answer; 204 by default. */
  answer: (received: Received) => Answer | Promise<Answer> = () => 204;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const received = { headers: request.headers, body, event: JSON.parse(body) as CloudEvent };
        this.received.push(received);
        void Promise.resolve(this.answer(received)).then((answer) => {
          if (answer === 'nothing') return;
          const { status, headers } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
          response.writeHead(status, headers).end();
        });
      });
    });
  }

  /** @param port by default a free one, which nobody else gets after it has been closed */
  static async start(port?: number): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    if (port === undefined) await listenOnFreePort(receiver.#server);
    else await once(receiver.#server.listen(port, '127.0.0.1'), 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** The events so far, without repetitions. */
  get events(): CloudEvent[] {
    return [...new Map(this.received.map(({ event }) => [event.id, event])).values()];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Takes a signature apart, and says whether the secret made it for that body. */
export function checkSignature(
  { headers, body }: Received,
  secret: string,
): { readonly isGenuine: boolean; readonly ageSeconds: number } {
  const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['cint-signature'])) ?? [];
  const expected = createHmac('sha256', Buffer.from(secret, 'ascii')).update(`${seconds}.${body}`);
  return { isGenuine: hex === expected.digest('hex'), ageSeconds: Date.now() / 1000 - Number(seconds) };
}
