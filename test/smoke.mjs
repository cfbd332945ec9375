/**
 * Smoke run of what `npm run build` built: `dist/main.js` starts beside its emulator on free ports, becomes ready,
 * answers one query over HTTP, and ends well when it is asked to. What it said is shown only if one of these fails.
 *
 *     npm run build && node test/smoke.mjs
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../scripts/free-ports.mjs';

const READY_WITHIN_MS = 15_000;
const STOPPED_WITHIN_MS = 10_000;
const ANSWERED_WITHIN_MS = 5_000;

const [port, emulatorPort] = await freePorts(2);
const url = `http://127.0.0.1:${port}`;
const server = startServer();

try {
  await ready();
  await answersQuery();
  await stops();
  console.log('The built server started, answered and stopped.');
} catch (error) {
  console.error(`${server.output()}\nSmoke run failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  server.child.kill('SIGKILL');
}

/** Only what is named here reaches the server: neither the caller's environment nor a `.env` must decide. */
function startServer() {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../dist/main.js')], {
    cwd: tmpdir(),
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      EMULATOR_PORT: String(emulatorPort),
      EMULATOR_DATA: ':memory:',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  process.once('exit', () => child.kill('SIGKILL'));

  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  return { child, exited: once(child, 'exit'), output: () => Buffer.concat(chunks).toString() };
}

async function ready() {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isReady())) {
    assert.ok(server.child.exitCode === null, 'the server ended before it was ready');
    assert.ok(Date.now() < deadline, `/readyz was not 200 within ${READY_WITHIN_MS} ms`);
    await sleep(100);
  }
}

async function isReady() {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) })).ok;
  } catch {
    return false;
  }
}

async function answersQuery() {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: 'Bearer demo', 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ accounts { id name } }' }),
    signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
  });
  const body = await response.text();
  const ids = JSON.parse(body).data?.accounts?.map(({ id }) => id) ?? [];
  assert.ok(ids.includes('101'), `account 101 is not in the answer: ${response.status} ${body}`);
}

async function stops() {
  server.child.kill('SIGTERM');
  const ended = await Promise.race([server.exited, sleep(STOPPED_WITHIN_MS, undefined, { ref: false })]);
  assert.ok(ended, `the server was still there ${STOPPED_WITHIN_MS} ms after SIGTERM`);
  const [code, signal] = ended;
  assert.ok(code === 0, `after SIGTERM the server ended with ${signal ?? `exit code ${code}`}`);
}
