/**
 * Random messages over WebSocket: none ends the process or is a defect, and what follows on a new connection is answered.
 * `FUZZ_REQUESTS` is how many messages, 1000 by default.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { WebSocket, type RawData } from 'ws';
import { until } from '../../helpers/until.js';
import { fuzzMessages, INIT, type FuzzMessage } from './messages.js';
import { startTarget, type Target } from './target.js';

const MESSAGES = Number(process.env['FUZZ_REQUESTS'] ?? 1000);
const PER_CONNECTION = 5;
const AT_A_TIME = 4;
const MS_PER_MESSAGE = 20;
const PING = '{"type":"ping"}';
/** Long enough for most operations to be executed before their connection is closed, in milliseconds. */
const ANSWERED_MS = 20;
/** Closed by the client, in the protocol of WebSockets (RFC 6455, 7.4.1), or in that of GraphQL; never 1011 or 4500. */
const CODES = [1000, 1002, 1005, 1007, 1009, 4400, 4401, 4403, 4406, 4408, 4409, 4429];

jest.setTimeout(60_000 + MESSAGES * MS_PER_MESSAGE);

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.close());

interface Conversation {
  readonly received: readonly string[];
  /** Undefined if the connection stayed open. */
  readonly code: number | undefined;
}

/** Sends messages, and then a ping whose answer shows that the server has read them all. */
async function converse(messages: readonly FuzzMessage[]): Promise<Conversation> {
  const socket = new WebSocket(`ws://127.0.0.1:${target.port}/graphql`, 'graphql-transport-ws');
  const received: string[] = [];
  let code: number | undefined;
  socket.on('message', (data: RawData) => received.push((data as Buffer).toString()));
  socket.on('close', (closed: number) => {
    code = closed;
  });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  for (const message of messages) {
    socket.send(message.binary ? Buffer.from(message.text, 'latin1') : message.text, {
      binary: message.binary,
    });
    // An operation before the acknowledgement is an error, as other messages test.
    if (message === INIT) await until(() => received.length > 0 || code !== undefined);
  }
  const pings = messages.filter(({ text }) => text.includes('"ping"')).length;
  socket.send(PING);
  await until(() => code !== undefined || received.filter((each) => each.includes('"pong"')).length > pings);
  await sleep(ANSWERED_MS);
  const stayed = code === undefined;
  socket.close();
  await until(() => code !== undefined);
  return { received, code: stayed ? undefined : code };
}

test('no message causes a failure', async () => {
  const codes = new Map<number | undefined, number>();
  let results = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fuzzMessages, { minLength: AT_A_TIME, maxLength: AT_A_TIME }),
      async (connections) => {
        for (const { received, code } of await Promise.all(connections.map(converse))) {
          codes.set(code, (codes.get(code) ?? 0) + 1);
          for (const each of received) {
            expect(each).not.toMatch(/INTERNAL_SERVER_ERROR|\bat (?:file|node):|node_modules/);
            if (each.includes('"type":"next"')) results += 1;
          }
          if (code !== undefined) expect(CODES).toContain(code);
        }
        expect(target.hasExited()).toBe(false);
      },
    ),
    { numRuns: Math.ceil(MESSAGES / PER_CONNECTION / AT_A_TIME), endOnFailure: true },
  );
  // Operations are executed, and connections are ended, both often.
  expect(results).toBeGreaterThan(MESSAGES / 50);
  expect(codes.get(4400)).toBeGreaterThan(MESSAGES / 100);
  expect(codes.get(undefined)).toBeGreaterThan(MESSAGES / 100);
  const { received } = await converse([
    INIT,
    { text: '{"type":"subscribe","id":"1","payload":{"query":"{ accounts { id } }"}}', binary: false },
  ]);
  expect(received.join()).toContain('"accounts"');
  expect(await target.isReady()).toBe(true);
});
