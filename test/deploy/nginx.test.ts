/** nginx with the configuration for deployment, before scripted gateways. */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import {
  createServer,
  request,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Processes } from '../drills/processes.js';
import { freePort } from '../helpers/ports.js';
import { printLine } from '../exactly-once/settings.js';
import { until } from '../helpers/until.js';
import { readText, ROOT } from './files.js';

const runs = spawnSync('nginx', ['-v']).status === 0 || process.env['CI'] === 'true';
const run = runs ? test : test.skip;
if (!runs) printLine('Skipping the tests of the nginx configuration: `nginx` is not installed.');

const POST = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };

const processes = new Processes();
const gateways: Server[] = [];
let folder: string;
let nginx: ChildProcess;
let url: string;

/** What each gateway does with a request, and the requests that have arrived at them. */
let respond: RequestListener;
let received: IncomingMessage[] = [];

/** The fourth gateway is a port to which nothing listens. */
beforeAll(async () => {
  if (!runs) return;
  for (let count = 0; count < 3; count += 1) {
    const gateway = createServer((incoming, response) => {
      received.push(incoming);
      respond(incoming, response);
    }).listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    gateways.push(gateway);
  }
  const ports = [...gateways.map((gateway) => (gateway.address() as AddressInfo).port), await freePort()];
  folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  // Its workers are another user if the tests run as root.
  await chmod(folder, 0o755);
  await cp(join(ROOT, 'deploy/nginx'), folder, { recursive: true });
  // What belongs to compose.yaml: addresses and the files of its container.
  const port = await freePort();
  const servers = ports.map((each) => `  server 127.0.0.1:${each} max_fails=0;\n`);
  const upstream = readText('deploy/nginx/gateways.conf').replace(/(?:^ *server .*\n)+/m, servers.join(''));
  await writeFile(join(folder, 'gateways.conf'), upstream);
  await writeFile(join(folder, 'listen.conf'), `listen 127.0.0.1:${port};`);
  const main = readText('deploy/nginx/nginx.conf')
    .replaceAll(' /tmp/', ` ${folder}/`)
    // Node.js gives a socket to its children, which cannot be opened by its name.
    .replace('/dev/stdout', join(folder, 'access.log'));
  await writeFile(join(folder, 'nginx.conf'), main);
  url = `http://127.0.0.1:${port}`;
  const command = ['nginx', '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'] as const;
  respond = (_, response) => response.end();
  nginx = await processes.start(command, {}, async () => (await fetch(url)).ok);
});
afterEach(() => {
  received = [];
});
afterAll(async () => {
  // Its workers would survive a SIGKILL of the process that started them.
  if (runs) await processes.end(nginx, 'SIGTERM');
  await processes.killAll();
  for (const gateway of gateways) {
    gateway.closeAllConnections();
    gateway.close();
  }
  if (runs) await rm(folder, { recursive: true });
});

run('nginx accepts the configuration', () => {
  const command = `nginx -t -c '${join(ROOT, 'deploy/nginx/nginx.conf')}' 2>&1 | cat`;
  expect(spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout).toContain('test is successful');
});

run(
  'requests arrive with the address of the client, ignoring headers that it forged, over persistent connections',
  async () => {
    respond = (_, response) => response.end('{}');
    const headers = {
      'x-forwarded-for': '203.0.113.1',
      'x-forwarded-proto': 'gopher',
      authorization: 'Bearer a',
    };
    for (let count = 0; count < 12; count += 1) await (await fetch(`${url}/graphql`, { headers })).text();
    expect(received[0]!.headers).toMatchObject({
      host: new URL(url).host,
      authorization: 'Bearer a',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(url).host,
    });
    expect(received.map(({ httpVersion }) => httpVersion)).toEqual(Array(12).fill('1.1'));
    // Each of nginx's processes has connections of its own.
    expect(new Set(received.map(({ socket }) => socket)).size).toBeLessThan(12);
  },
);

run('a request that no gateway has received goes to another one, a mutation too', async () => {
  respond = (_, response) => response.end('{}');
  for (let count = 0; count < 12; count += 1) {
    expect((await fetch(`${url}/graphql`, POST)).status).toBe(200);
  }
  expect(received).toHaveLength(12);
});

run('a POST that a gateway may have received is never repeated, and the error says so', async () => {
  respond = ({ socket }) => socket.destroy();
  const response = await fetch(`${url}/graphql`, POST);
  expect(response.status).toBe(502);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({
    errors: [
      {
        message: expect.any(String),
        extensions: {
          code: 'UPSTREAM_UNAVAILABLE',
          retryable: false,
          outcomeUnknown: true,
          traceId: expect.stringMatching(/^[\da-f]{32}$/),
        },
      },
    ],
  });
  expect(received).toHaveLength(1);
});

run('a GET, which is a query, goes to another gateway', async () => {
  respond = ({ socket }, response) => {
    if (received.length === 1) socket.destroy();
    else response.end('{}');
  };
  expect((await fetch(`${url}/graphql?query={a}`)).status).toBe(200);
  expect(received).toHaveLength(2);
});

run.each([502, 503, 504])('a %d of a gateway is not repeated', async (status) => {
  respond = (_, response) => response.writeHead(status).end('{"errors":[]}');
  const response = await fetch(`${url}/graphql`, POST);
  expect([response.status, await response.text()]).toEqual([status, '{"errors":[]}']);
  expect(received).toHaveLength(1);
});

run.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0, application/json'])(
  'each event of a subscription arrives at once: %s',
  async (accept) => {
    let subscription: ServerResponse | undefined;
    respond = (_, response) => {
      subscription = response;
      response.write('first');
    };
    const response = await fetch(`${url}/graphql`, { ...POST, headers: { ...POST.headers, accept } });
    const reader = response.body!.getReader();
    const next = async () => Buffer.from((await reader.read()).value!).toString();
    expect(await next()).toBe('first');
    subscription!.write('second');
    expect(await next()).toBe('second');
    expect(received[0]!.url).toBe('/graphql');
    subscription!.end();
    expect((await reader.read()).done).toBe(true);
  },
);

run('a WebSocket is opened', async () => {
  for (const gateway of gateways) {
    gateway.once('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.on('data', (data) => socket.end(`echo of ${String(data)}`));
    });
  }
  const outgoing = request(`${url}/graphql`, {
    headers: { connection: 'Upgrade', upgrade: 'websocket' },
  }).end();
  const [, socket] = (await once(outgoing, 'upgrade')) as [unknown, NodeJS.ReadWriteStream];
  socket.write('hello');
  const [echo] = (await once(socket, 'data')) as [Buffer];
  expect(echo.toString()).toBe('echo of hello');
  socket.end();
  for (const gateway of gateways) gateway.removeAllListeners('upgrade');
});

run('large responses are compressed', async () => {
  respond = (_, response) => {
    response.setHeader('content-type', 'application/json; charset=utf-8').end('1'.repeat(5000));
  };
  const response = await fetch(`${url}/graphql`, POST);
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(await response.text()).toHaveLength(5000);
});

run('a body that is too large for the gateway reaches it, so that the gateway rejects it', async () => {
  respond = (incoming, response) => {
    incoming.resume().once('end', () => response.writeHead(413).end('the gateway'));
  };
  const response = await fetch(`${url}/graphql`, { ...POST, body: ' '.repeat(1_500_000) });
  expect([response.status, await response.text()]).toEqual([413, 'the gateway']);
});

run('metrics are not public', async () => {
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  expect(received).toEqual([]);
});

const LONG = 'a'.repeat(40_000);

run.each([
  ['a body beyond its limit', 413, '/graphql', { ...POST, body: 'a'.repeat(3_000_000) }],
  ['a path beyond its limit', 431, `/graphql?query=${LONG}`, {}],
  ['headers beyond their limit', 431, '/graphql', { headers: { long: LONG } }],
  ['the path of metrics', 404, '/metrics?token=planted', {}],
  ['a path of its own', 404, '/-/error/malformed', {}],
  ['a path of its own for streams', 404, '/-/subscription', {}],
] as const)('%s is answered with %d in the form of the gateway', async (_, status, path, init) => {
  const response = await fetch(`${url}${path}`, init);
  const type = response.headers.get('content-type');
  expect([response.status, type, response.headers.get('cache-control')]).toEqual([
    status,
    'application/json',
    'no-store',
  ]);
  expect(await response.json()).toEqual({
    errors: [
      {
        message: expect.stringMatching(/\.$/),
        extensions: {
          code: 'BAD_USER_INPUT',
          retryable: false,
          traceId: expect.stringMatching(/^[\da-f]{32}$/),
        },
      },
    ],
  });
  expect(received).toEqual([]);
});

run(
  'malformed requests, and methods that nginx rejects, get errors in the format of the gateway',
  async () => {
    for (const [text, status] of [
      ['GARBAGE\r\n\r\n', 400],
      ['TRACE /graphql HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 405],
    ] as const) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write(text);
      const [head = '', body = ''] = (await textOf(socket)).split('\r\n\r\n');
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    }
  },
);

run(
  'errors and the log of nginx have the trace of the request; the log has paths without queries',
  async () => {
    const traceId = 'ab'.repeat(16);
    const headers = { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`, accept: 'text/event-stream' };
    const response = await fetch(`${url}/metrics?token=planted`, { headers });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { traceId } }] });
    respond = (_, answer) => answer.end('{}');
    await (await fetch(`${url}/graphql?query=planted`, { headers })).text();
    const logged = () =>
      readFileSync(join(folder, 'access.log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes(traceId))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    await until(() => logged().length === 2);
    expect(logged()).toMatchObject([
      { path: '/metrics', status: 404, traceId },
      { path: '/graphql', status: 200, traceId },
    ]);
    expect(JSON.stringify(logged())).not.toContain('planted');
  },
);

run('the caching headers of the gateway are not changed', async () => {
  respond = (_, answer) => answer.setHeader('cache-control', 'no-store').end('{}');
  expect((await fetch(`${url}/graphql`)).headers.get('cache-control')).toBe('no-store');
});

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
