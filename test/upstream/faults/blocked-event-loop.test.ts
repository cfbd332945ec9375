import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.js';
import { accounts, CREATE_JOB, created, job, READ_ACCOUNTS } from './demand.js';

const TIMEOUT_MS = 500;

/** Places in the shared array: whether the event loop is blocked, whether a response has been sent, and nothing. */
const [BLOCKED, SENT, NEVER] = [0, 1, 2];

/** A REST server in a thread of its own, which responds while the event loop of the gateway is blocked. */
const SERVER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { state, responses } = workerData;
  const server = require('node:http').createServer((request, response) => {
    request.resume().on('end', () => {
      const { status = 200, headers = {}, body } = responses[request.method];
      parentPort.postMessage('received');
      Atomics.wait(state, ${BLOCKED}, 0);
      response.writeHead(status, headers).end(body && JSON.stringify(body), () => {
        Atomics.store(state, ${SENT}, 1);
        Atomics.notify(state, ${SENT});
      });
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

let server: Worker;
let gateway: TestGateway;
afterEach(async () => {
  await gateway.close();
  await server.terminate();
});

const read = { what: 'a read', document: READ_ACCOUNTS, data: { accounts: [{ name: 'Acme' }] } };
const change = {
  what: 'a creation',
  document: CREATE_JOB,
  data: { pauseTargetGroups: { batchJob: { id: job.id } } },
};

it.each([
  { ...read, transport: 'http1' },
  { ...read, transport: 'undici' },
  { ...read, transport: 'node-fetch' },
  { ...change, transport: 'http1' },
])(
  'the response to $what that arrives while the event loop is blocked is in time, over $transport',
  async ({ document, data, transport }) => {
    const state = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
    server = new Worker(SERVER, {
      eval: true,
      workerData: { state, responses: { GET: accounts, POST: created } },
    });
    const [port] = (await once(server, 'message')) as [number];
    gateway = await startTestGateway({
      demandApiUrl: `http://127.0.0.1:${port}/v1`,
      env: {
        DEMAND_API_TRANSPORT: transport,
        DEMAND_API_TIMEOUT_MS: String(TIMEOUT_MS),
        DEMAND_API_MAX_ATTEMPTS: '1',
      },
    });
    const received = once(server, 'message');
    const answering = gateway.execute(document, { key: 'key-1' });
    await received;
    Atomics.store(state, BLOCKED, 1);
    Atomics.notify(state, BLOCKED);
    Atomics.wait(state, SENT, 0, 10_000);
    Atomics.wait(state, NEVER, 0, TIMEOUT_MS);
    expect(await answering).toMatchObject({ data, errors: [] });
  },
);
