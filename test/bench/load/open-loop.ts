import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT } from '../operations/operations.js';
import { ResponseParser } from './response-parser.js';

export interface OpenLoopOptions {
  /** The URL of the requests, with its path. */
  readonly url: string;
  /** The JSON body, in which `ACCOUNT` is replaced by a different account in each request. */
  readonly body: string;
  /** Requests per second, independent of responses. */
  readonly perSecond: number;
  readonly seconds: number;
  /** The connection limit of a load balancer, which rejects requests while all are busy. Default: none. */
  readonly maxConnections?: number;
}

/** The results of a load. Latencies start when a request was due, in milliseconds, in ascending order. */
export interface OpenLoopResult {
  readonly sent: number;
  /** Without a free connection. */
  readonly rejected: number;
  readonly usefulMs: readonly number[];
  readonly refused: number;
  /** Neither 200 nor 503, or not within {@link GRACE_MS} of the end. */
  readonly failed: number;
}

/** How long to wait for responses after the last request. */
const GRACE_MS = 3000;
const TICK_MS = 1;

/**
 * Sends requests at a constant rate, as independent users do, so that a slow server gets no relief. Each request
 * uses a free connection or a new one. Its HTTP parser only supports what the gateway sends.
 */
export async function openLoop({
  url,
  body,
  perSecond,
  seconds,
  maxConnections = Infinity,
}: OpenLoopOptions): Promise<OpenLoopResult> {
  const target = new URL(url);
  const usefulMs: number[] = [];
  let [attempted, rejected, refused, wrong] = [0, 0, 0, 0];
  const free: Connection[] = [];
  const all = new Set<Connection>();
  const open = () =>
    new Connection(target, {
      onResponse(connection, status, ms) {
        if (status === 200) usefulMs.push(ms);
        else if (status === 503) refused += 1;
        else wrong += 1;
        free.push(connection);
      },
      onClosed(connection) {
        all.delete(connection);
        const index = free.indexOf(connection);
        if (index !== -1) free.splice(index, 1);
      },
    });
  const requestOf = requestsTo(target, body);
  const startedAt = performance.now();
  const count = Math.round(perSecond * seconds);
  while (attempted < count) {
    const due = Math.min(count, ((performance.now() - startedAt) / 1000) * perSecond);
    for (; attempted < due; attempted += 1) {
      const connection = free.pop() ?? (all.size < maxConnections ? open() : undefined);
      if (connection === undefined) {
        rejected += 1;
      } else {
        all.add(connection);
        connection.send(requestOf(attempted), startedAt + (attempted / perSecond) * 1000);
      }
    }
    await sleep(TICK_MS);
  }
  const sent = attempted - rejected;
  const completed = () => usefulMs.length + refused + wrong;
  for (const end = performance.now() + GRACE_MS; completed() < sent && performance.now() < end;)
    await sleep(10);
  for (const connection of all) connection.close();
  usefulMs.sort((a, b) => a - b);
  return { sent, rejected, usefulMs, refused, failed: sent - usefulMs.length - refused };
}

interface ConnectionOwner {
  onResponse(connection: Connection, status: number, ms: number): void;
  onClosed(connection: Connection): void;
}

/** A connection with one request at a time. */
class Connection {
  readonly #socket: Socket;
  readonly #parser = new ResponseParser();
  #dueAt = 0;

  constructor({ hostname, port }: URL, owner: ConnectionOwner) {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk) => {
      const status = this.#parser.add(chunk);
      if (status !== undefined) owner.onResponse(this, status, performance.now() - this.#dueAt);
    });
    // Requests in flight count as failed at the end.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      owner.onClosed(this);
    });
  }

  send(request: string, dueAt: number): void {
    this.#dueAt = dueAt;
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** @returns a function that builds the request with a given number */
function requestsTo({ host, pathname }: URL, body: string): (number: number) => string {
  const accountOf = (number: number) => String(100_000_000 + (number % 900_000_000));
  const length = Buffer.byteLength(body.replaceAll(ACCOUNT, accountOf(0)));
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    'authorization: Bearer bench',
    'accept: application/json',
    'content-type: application/json',
    `content-length: ${length}`,
  ];
  const parts = `${head.join('\r\n')}\r\n\r\n${body}`.split(ACCOUNT);
  return (number) => parts.join(accountOf(number));
}
