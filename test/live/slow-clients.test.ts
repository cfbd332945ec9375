/** Clients over WebSocket that read slowly or not at all, or do not finish their messages. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, type RawData } from 'ws';
import { until } from '../helpers/until.js';
import { runUpdated, startLiveFixture, webSocketUrl, type LiveFixture } from './live-fixture.js';

const MIB = 1024 * 1024;
const PING = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(MIB - 100) } });

interface Client {
  readonly socket: WebSocket;
  readonly received: string[];
  /** The code with which the connection was closed. */
  code: number | undefined;
}

const clients: Client[] = [];
let fixture: LiveFixture;

beforeAll(async () => {
  fixture = await startLiveFixture();
});
afterEach(() => {
  for (const { socket } of clients.splice(0)) socket.terminate();
});
afterAll(() => fixture.close());

async function connect(): Promise<Client> {
  const socket = new WebSocket(webSocketUrl(fixture.gateway), 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  const client: Client = { socket, received: [], code: undefined };
  clients.push(client);
  socket
    .on('error', () => undefined)
    .on('message', (data: RawData) => client.received.push((data as Buffer).toString()))
    .on('close', (code: number) => {
      client.code = code;
    });
  await once(socket, 'open');
  socket.send('{"type":"connection_init","payload":{"authorization":"Bearer demo"}}');
  await until(() => client.received.length === 1);
  client.received.length = 0;
  return client;
}

/** Sends pings, each when the one before has been written. */
async function sendPings({ socket }: Client, count: number, onSent: () => void): Promise<void> {
  for (let nth = 0; nth < count; nth += 1) {
    await new Promise((resolve) => {
      socket.send(PING, resolve);
    });
    onSent();
  }
}

test('A client that sends much and reads nothing is not read from until it reads', async () => {
  await fixture.restart();
  const client = await connect();
  client.socket.pause();
  let sent = 0;
  void sendPings(client, 60, () => (sent += 1));
  let before: number;
  do {
    before = sent;
    await sleep(300);
  } while (sent > before);
  // The operating system has some MiB of buffers in each direction.
  expect(sent).toBeLessThan(40);
  client.socket.resume();
  await until(() => client.received.length === 60);
  expect(client.received.filter((each) => each.length > MIB - 100 && each.includes('"pong"'))).toHaveLength(
    60,
  );
});

test('A client that reads slowly but steadily gets everything', async () => {
  await fixture.restart({ env: { CLIENT_TIMEOUT_MS: '2000' } });
  const client = await connect();
  client.socket.on('message', () => {
    client.socket.pause();
    setTimeout(() => client.socket.resume(), 80);
  });
  // The response repeats the alias, and the request has only the hash of its document.
  const query = `{ ${'a'.repeat(900_000)}: __typename }`;
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const send = (id: number, payload: object) =>
    client.socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload }));
  send(0, { query, extensions });
  await until(() => client.received.length === 2);
  for (let id = 1; id < 45; id += 1) send(id, { query: '', extensions });
  await until(() => client.received.length === 90 || client.code !== undefined);
  expect(client.code).toBeUndefined();
  expect(client.received.filter((each) => each.includes('"type":"next"'))).toHaveLength(45);
});

describe('A client that does not finish a message', () => {
  const env = { CLIENT_TIMEOUT_MS: '700', STREAM_HEARTBEAT_MS: '200' };

  test.each<[string, (socket: WebSocket) => void]>([
    ['a fragment', (socket) => socket.send('{"type":', { fin: false })],
    [
      'fragments, one after another',
      (socket) => {
        const timer = setInterval(() => socket.send('x', { fin: false }), 20);
        socket.on('close', () => clearInterval(timer));
      },
    ],
  ])('is disconnected in time although it answers pings: %s', async (_, send) => {
    await fixture.restart({ env });
    const client = await connect();
    send(client.socket);
    await until(() => client.code !== undefined);
    expect(client.code).toBe(1008);
  });

  test('is told from one that sends whole messages and control frames at any time', async () => {
    await fixture.restart({ env });
    const client = await connect();
    client.socket.send(JSON.stringify({ id: 'live', type: 'subscribe', payload: runUpdated }));
    for (let nth = 0; nth < 40; nth += 1) {
      client.socket.ping('x'.repeat(nth));
      if (nth < 10) client.socket.send('{"type":"ping"}');
      if (nth < 10) client.socket.pong();
      await sleep(40);
    }
    expect(client.code).toBeUndefined();
    client.socket.send('{"type":', { fin: false });
    client.socket.ping();
    client.socket.send('"ping"}', { fin: true });
    await until(() => client.received.filter((each) => each === '{"type":"pong"}').length === 11);
  });

  test('is disconnected if its message is the largest of many that take too much memory together', async () => {
    // None of them is late.
    await fixture.restart({ env: { CLIENT_TIMEOUT_MS: '120000' } });
    const small = await connect();
    small.socket.send('x', { fin: false });
    const open: Client[] = [];
    for (let nth = 0; nth < 40; nth += 1) {
      const client = await connect();
      client.socket.send('x'.repeat(MIB - 100), { fin: false });
      open.push(client);
    }
    await until(() => open.some(({ code }) => code !== undefined));
    await sleep(300);
    const kept = open.filter(({ code }) => code === undefined);
    expect(kept.length).toBeGreaterThan(25);
    expect(kept.length).toBeLessThan(35);
    expect(small.code).toBeUndefined();
  });
});
