import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { stopListening } from '../../src/server/http/stop-listening.js';

const WAITING = 20;
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

let server: Server;
beforeEach(async () => {
  server = createServer((_request, response) => response.end('answered')).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
});

function connectToServer(): Socket {
  return connect((server.address() as AddressInfo).port, '127.0.0.1');
}

test('connections that wait to be accepted are served', async () => {
  const clients = Array.from({ length: WAITING }, connectToServer);
  const answers = clients.map((client) => text(client.setEncoding('utf8')));
  for (const client of clients) client.write(REQUEST);
  // The system has connected them, and the server has had no chance to accept them.
  await new Promise<void>((resolve) => {
    process.nextTick(resolve);
  });
  await stopListening(server);
  for (const answer of answers) expect(await answer).toContain('answered');
});

test('later connections are refused, and idle ones stay open', async () => {
  const idle = connectToServer();
  await once(idle, 'connect');
  idle.write(REQUEST.replace('close', 'keep-alive'));
  await once(idle, 'data');
  const { port } = server.address() as AddressInfo;
  await stopListening(server);
  const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  idle.write(REQUEST);
  const [answer] = (await once(idle, 'data')) as [Buffer];
  expect(answer.toString()).toContain('answered');
});
