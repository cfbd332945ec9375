import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import Libsql from 'libsql';
import type {
  BatchJob,
  FieldingRunJob,
  FieldingRunList,
  TargetGroupList,
} from '../../src/contract/demand-api.js';
import { demo, startEmulator } from '../../src/emulator/index.js';
import { migrations } from '../../src/emulator/migrations/index.js';
import { callApi, demoPaths, EmulatorControl, finishedJob, readApi, until } from '../helpers/emulator.js';
import { WebhookReceiver } from '../helpers/webhook-receiver.js';
import { act, createWebhook } from './deliveries/webhooks.js';

const MANAGER = '3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01';
const PROJECT = `/demand/accounts/${demo.accountId}/projects/${demo.largeProjectId}`;

// Processes start slowly while many tests run in parallel.
jest.setTimeout(60_000);

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

/** Starts `dist/emulator/main.js`, which `npm run build` creates. */
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
  throw new Error('The emulator exited before it was ready');
}

async function end(program: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (program.exitCode === null && program.signalCode === null) {
    const exit = once(program, 'exit');
    program.kill(signal);
    await exit;
  }
  return program.exitCode;
}

test('the next process finishes a killed job without repeating anything', async () => {
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

test('the next process resumes the webhook deliveries of a killed one', async () => {
  const receiver = await WebhookReceiver.start();
  try {
    receiver.answer = () => 'nothing';
    const first = await run();
    await createWebhook(first, receiver.url);
    await act(first, 'pause');
    await until(() => receiver.received.length === 1);
    await act(first, 'resume');
    await end(first.process, 'SIGKILL');

    receiver.answer = () => 204;
    const second = await run('--webhook-retry-ms', '5', '--webhook-timeout-ms', '5000');
    await until(async () =>
      (await second.control.deliveries()).every(({ status }) => status === 'delivered'),
    );
    expect(receiver.received.map(({ event }) => event.data['changes'])).toMatchObject([
      [{ new_value: 'paused' }],
      [{ new_value: 'paused' }],
      [{ new_value: 'live' }],
    ]);
    expect(receiver.events).toHaveLength(2);
  } finally {
    await receiver.close();
  }
});

test.each([
  ['--simulate', true],
  ['--control', false],
])('with %s alone, respondents answer: %j', async (flag, running) => {
  const { control } = await run(flag);
  expect(await control.simulator.state()).toMatchObject({ running });
});

test('exits cleanly on SIGTERM', async () => {
  const program = await run();
  expect((await callApi(program, 'GET', '/accounts')).status).toBe(200);
  expect(await end(program.process, 'SIGTERM')).toBe(0);
});

test('keeps its data over a restart and does not seed again', async () => {
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

test('fails the second of two jobs that launch the same draft', async () => {
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

test('rejects if the port is taken', async () => {
  const first = await startEmulator();
  try {
    await expect(startEmulator({ port: Number(new URL(first.url).port) })).rejects.toThrow('EADDRINUSE');
  } finally {
    await first.close();
  }
});

test('migrates the file of an earlier release to the contract of 2025-12-18', async () => {
  const data = join(folder, 'demand.sqlite');
  const old = new Libsql(data);
  for (const sql of migrations.slice(0, 2)) old.exec(sql);
  old.exec(`
    INSERT INTO accounts VALUES (101, 'Northwind Insights');
    INSERT INTO credentials VALUES ('demo', '5f2b8c1a-7d3e-4a96-8b0f-c4e1d2a3b101');
    INSERT INTO grants VALUES ('demo', 101);
    INSERT INTO projects VALUES ('${demo.projectId}', 101, 'PRJ-1008', 'Breakfast habits tracker', '${MANAGER}', 'PO-7',
      'active', 1, 1, 1);
    INSERT INTO target_groups (id, project_id, human_readable_id, name, project_manager_id, locale, filling_goal,
      filling_strategy, cost_per_interview, created_at, updated_at)
    VALUES ('${demo.live.targetGroupId}', '${demo.projectId}', 'TG-8023', 'Dog owners', '${MANAGER}', 'eng_us', 100,
      'balanced', 2.5, 1, 1);
    INSERT INTO fielding_runs VALUES ('${demo.live.fieldingRunId}', '${demo.live.targetGroupId}', 'Paused', 7, 1,
      4102444800000, 1, '${MANAGER}');
    INSERT INTO effects (at, cause, operation, account_id, project_id, from_status, to_status)
    VALUES (1, 'action', 'pause', 101, '${demo.projectId}', 'Live', 'Paused');
    INSERT INTO draft_jobs (id, account_id, project_id, target_group_id, kind, end_at, created_by, created_at, status,
      failure_code, failure_description, trace_id)
    VALUES ('J1', 101, '${demo.projectId}', '${demo.live.targetGroupId}', 'launch', 2, '${MANAGER}', 1, 'Failed', 'X',
      'y', 't');
    PRAGMA user_version = 2;`);
  old.close();

  const emulator = await startEmulator({ data, control: true });
  try {
    expect(await readApi(emulator, demoPaths.project)).toMatchObject({
      human_readable_id: 'P-1008',
      project_customer_reference_number: 'PO-7',
    });
    const { data: runs } = await readApi<FieldingRunList>(
      emulator,
      `${demoPaths.targetGroup(demo.live)}/fielding-runs`,
    );
    expect(runs[0]).toMatchObject({ status: 'paused', version: 7 });
    expect(await new EmulatorControl(emulator.controlUrl).effects()).toMatchObject([
      { from_status: 'live', to_status: 'paused' },
    ]);
    const { target_groups: groups } = await readApi<TargetGroupList>(
      emulator,
      `${demoPaths.project}/target-groups`,
    );
    expect(groups[0]!.statistics!.progress!.value!.filling_strategy).toBe('completes');
    expect(await readApi(emulator, '/accounts/101/users')).toMatchObject({ users: [{ id: MANAGER }] });
    const job = `${demoPaths.targetGroup(demo.live)}/fielding-run-jobs/launch-from-draft/J1`;
    expect(await readApi(emulator, job)).toMatchObject({ failure_reason: { code: 'X', reasons: [] } });
  } finally {
    await emulator.close();
  }
});
