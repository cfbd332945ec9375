import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT } from '../operations/operations.js';
import { AnswerCounter } from './answer-counter.js';

export interface OpenLoopOptions {
  /** Where requests go, with its path. */
  readonly url: string;
  /** The JSON that is posted, with `ACCOUNT` in it: another in each request. */
  readonly body: string;
  /** Requests a second, whether answers come or not. */
  readonly perSecond: number;
  readonly seconds: number;
  /** The most at a time, as a load balancer has; what comes while all are busy it turns away. Default: as many as it takes. */
  readonly maxConnections?: number;
}

/** What came of requests. Latencies count from when each was due, in milliseconds, lowest first. */
export interface OpenLoopResult {
  readonly sent: number;
  /** For which there was no connection. */
  readonly turnedAway: number;
  readonly usefulMs: readonly number[];
  readonly refused: number;
  /** Neither answered with 200 nor refused with 503, or not within {@link GRACE_MS} of the end. */
  readonly failed: number;
}

/** How long after the last request answers are waited for. */
const GRACE_MS = 3000;
const TICK_MS = 1;

/**
 * Sends requests at a constant rate, as many users do who know nothing of each other: a slow server gets no mercy. Each
 * request takes a connection that is free, or a new one. Its HTTP knows only what the gateway answers.
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
  let [come, turnedAway, refused, wrong] = [0, 0, 0, 0];
  const free: Connection[] = [];
  const all = new Set<Connection>();
  const open = () =>
    new Connection(target, {
      onAnswer(connection, status, ms) {
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
  const began = performance.now();
  const count = Math.round(perSecond * seconds);
  while (come < count) {
    const due = Math.min(count, ((performance.now() - began) / 1000) * perSecond);
    for (; come < due; come += 1) {
      const connection = free.pop() ?? (all.size < maxConnections ? open() : undefined);
      if (connection === undefined) {
        turnedAway += 1;
      } else {
        all.add(connection);
        connection.send(requestOf(come), began + (come / perSecond) * 1000);
      }
    }
    await sleep(TICK_MS);
  }
  const sent = come - turnedAway;
  const answered = () => usefulMs.length + refused + wrong;
  for (const end = performance.now() + GRACE_MS; answered() < sent && performance.now() < end;)
    await sleep(10);
  for (const connection of all) connection.close();
  usefulMs.sort((one, other) => one - other);
  return { sent, turnedAway, usefulMs, refused, failed: sent - usefulMs.length - refused };
}

interface ConnectionOwner {
  onAnswer(connection: Connection, status: number, ms: number): void;
  onClosed(connection: Connection): void;
}

/** One connection, with one request at a time. */
class Connection {
  readonly #socket: Socket;
  readonly #answers = new AnswerCounter();
  #dueAt = 0;

  constructor({ hostname, port }: URL, owner: ConnectionOwner) {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk) => {
      const status = this.#answers.add(chunk);
      if (status !== undefined) owner.onAnswer(this, status, performance.now() - this.#dueAt);
    });
    // What was under way is counted as failed at the end.
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

/** @returns the text of a request, by its number */
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
