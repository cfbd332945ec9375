import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { BatchJob, FieldingRunJob, TargetGroupList } from '../../src/contract/demand-api.js';
import { demo, startEmulator } from '../../src/emulator/index.js';
import { callApi, demoPaths, EmulatorControl, finishedJob, readApi, until } from '../helpers/emulator.js';

const PROJECT = `/demand/accounts/${demo.accountId}/projects/${demo.largeProjectId}`;

// A process takes its time to start where many tests run at once.
jest.setTimeout(30_000);

let folder: string;
const programs: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emulator-'));
});
afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => end(program, 'SIGKILL')));
  await rm(folder, { recursive: true });
});

interface Program {
  readonly url: string;
  readonly control: EmulatorControl;
  readonly process: ChildProcess;
}

/** `dist/emulator/main.js`, as `npm run build` made it. */
async function run(...options: string[]): Promise<Program> {
  const child = spawn(
    process.execPath,
    [
      'dist/emulator/main.js',
      '--port',
      '0',
      '--data',
      join(folder, 'new', 'demand.sqlite'),
      '--control',
      ...options,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  programs.push(child);
  for await (const line of createInterface(child.stdout)) {
    const { url } = JSON.parse(line) as { url?: string };
    if (url !== undefined) {
      return { url, control: new EmulatorControl(url.replace('/v1', '/__emulator')), process: child };
    }
  }
  throw new Error('The emulator ended before it was ready');
}

async function end(program: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (program.exitCode === null && program.signalCode === null) {
    const exit = once(program, 'exit');
    program.kill(signal);
    await exit;
  }
  return program.exitCode;
}

test('a job that is killed in the middle is finished by the next process, and nothing is done twice', async () => {
  const first = await run('--job-step-ms', '5');
  const live = await readApi<TargetGroupList>(first, `${PROJECT}/target-groups?status=live&page_size=100`);
  const ids = live.target_groups.map(({ id }) => id);
  const create = (program: Program): Promise<Response> =>
    callApi(program, 'POST', `${PROJECT}/batch-jobs/pause-fielding-runs-by-target-group-id`, {
      body: { target_group_ids: ids },
      headers: { 'idempotency-key': 'once' },
    });
  const location = (await create(first)).headers.get('location')!;
  await until(async () => (await first.control.effects()).length >= 4);
  await end(first.process, 'SIGKILL');

  const second = await run('--job-step-ms', '0');
  const job = await finishedJob<BatchJob>(second, location);
  const effects = (await second.control.effects()).filter(({ cause }) => cause === 'batch_job');

  expect(job.status).toBe('Completed');
  expect(job.updated_target_groups!.data.map(({ target_group_id: id }) => id)).toEqual(ids);
  expect(effects.map(({ target_group_id: id }) => id)).toEqual(ids);
  expect(effects.every(({ from_version: from, to_version: to }) => to === from! + 1)).toBe(true);
  expect((await create(second)).headers.get('location')).toBe(location);
});

test('the program ends cleanly on SIGTERM', async () => {
  const program = await run();
  expect((await callApi(program, 'GET', '/accounts')).status).toBe(200);
  expect(await end(program.process, 'SIGTERM')).toBe(0);
});

test('what was done outlives a restart; the demo is not seeded twice', async () => {
  const data = join(folder, 'demand.sqlite');
  const first = await startEmulator({ data });
  await callApi(first, 'POST', `${demoPaths.run(demo.live)}/pause`, { headers: { 'if-match': '*' } });
  await first.close();

  const second = await startEmulator({ data });
  try {
    expect(await readApi(second, demoPaths.run(demo.live))).toMatchObject({ status: 'paused', version: 6 });
  } finally {
    await second.close();
  }
});

test('of two jobs that wait to launch one draft, the second fails', async () => {
  const data = join(folder, 'demand.sqlite');
  const body = { end_fielding_at: new Date(Date.now() + 86_400_000).toISOString() };
  const path = `${demoPaths.targetGroup(demo.draft)}/fielding-run-jobs/launch-from-draft`;
  const idle = await startEmulator({ data, jobStepMs: 3_600_000 });
  const responses = [
    await callApi(idle, 'POST', path, { body }),
    await callApi(idle, 'POST', path, { body }),
  ];
  await idle.close();

  const busy = await startEmulator({ data, jobStepMs: 0 });
  try {
    const [first, second] = await Promise.all(
      responses.map((response) => finishedJob<FieldingRunJob>(busy, response.headers.get('location')!)),
    );
    expect(first).toMatchObject({ status: 'Completed', created_fielding_run_id: expect.any(String) });
    expect(second).toMatchObject({ status: 'Failed', failure_reason: { code: 'TargetGroupInvalidState' } });
    expect(second!.created_fielding_run_id).toBeUndefined();
  } finally {
    await busy.close();
  }
});

test('a port that is taken is an error', async () => {
  const first = await startEmulator();
  try {
    await expect(startEmulator({ port: Number(new URL(first.url).port) })).rejects.toThrow('EADDRINUSE');
  } finally {
    await first.close();
  }
});
