/** Clients that hold connections, and clients that behave, at the same time. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Connection } from '../helpers/connection.js';
import { executor } from '../helpers/executor.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { startLoad } from './load.js';
import { Processes, respondsOk } from './processes.js';
import { freePort } from '../helpers/ports.js';

jest.setTimeout(180_000);

const RUN = /^\/demand\/accounts\/\d+\/projects\/p\/target-groups\/t\/fielding-runs\/r$/;
const LOAD_MS = 4000;
const PER_SECOND = 40;
/** Resident memory of a process without such clients is about 130 MiB. */
const MAX_RESIDENT_MIB = 400;

const processes = new Processes();
let upstream: ScriptedUpstream;

beforeEach(async () => {
  upstream = await startScriptedUpstream();
});
afterEach(async () => {
  await processes.killAll();
  await upstream.close();
});

async function startGateway(env: Readonly<Record<string, string>>) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = await processes.start(
    [process.execPath, 'dist/main.js'],
    {
      ...executor,
      PORT: String(port),
      DEMAND_API_URL: upstream.url,
      LOG_LEVEL: 'silent',
      // The machine also runs the clients and other tests.
      OVERLOAD_WAIT_MS: '0',
      // All clients have one address.
      MAX_CONNECTIONS_PER_ADDRESS: '0',
      ...env,
    },
    () => respondsOk(`${url}/readyz`),
  );
  return { url, child };
}

async function read(url: string, account: number): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer good' },
    body: JSON.stringify({ query: `{ fieldingRun(id: "${account}/p/t/r") { status } }` }),
    signal: AbortSignal.timeout(60_000),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The most memory that a process has had, in MiB. Only Linux tells. */
function peakMemory(pid: number | undefined): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`The system does not tell the memory of ${pid}.`);
  return Number(kilobytes) / 1024;
}

test('answers every good client while others hold connections in all ways, within its memory, and closes at once', async () => {
  upstream.on('GET', RUN, { status: 404 });
  const { url, child } = await startGateway({ MAX_REQUESTS_IN_FLIGHT: '128', CLIENT_TIMEOUT_MS: '60000' });
  const load = startLoad(PER_SECOND, (number) => read(url, number));
  const hostile = await processes.start(
    [process.execPath, 'test/drills/hostile-clients.mjs', url],
    {},
    (output) => Promise.resolve(output.includes('All connections are open.')),
  );
  await sleep(LOAD_MS);
  const results = await load.stop();
  expect(results.filter(({ response }) => response !== 200)).toEqual([]);
  expect(results.length).toBeGreaterThan((LOAD_MS / 1000) * PER_SECOND * 0.5);
  expect(await respondsOk(`${url}/readyz`)).toBe(true);
  if (process.platform === 'linux') expect(peakMemory(child.pid)).toBeLessThan(MAX_RESIDENT_MIB);
  expect([hostile.exitCode, hostile.signalCode]).toEqual([null, null]);
  expect(await Promise.race([processes.end(child, 'SIGTERM'), sleep(10_000, 'still running')])).toBe(0);
});

test('admits 3,000 waiting requests that become free at once', async () => {
  upstream.on('GET', RUN, { delayMs: 500, status: 404 });
  const { url, child } = await startGateway({ MAX_REQUESTS_IN_FLIGHT: '5000', REQUEST_TIMEOUT_MS: '60000' });
  // `fetch` gives a connection ten seconds, of which a busy machine may need more for so many.
  const clients = new Connection(url, { keepAlive: false, maxSockets: Infinity });
  const statuses = await Promise.all(
    Array.from({ length: 3000 }, (_, number) =>
      clients.query(`{ fieldingRun(id: "${number % 10}/p/t/r") { status } }`).then(
        ({ status }) => status,
        (error: unknown) => String(error),
      ),
    ),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(child.exitCode).toBeNull();
});
