import { jest } from '@jest/globals';
import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';
import {
  accounts,
  changeDocument,
  changes,
  CREATE_JOB,
  created,
  creation,
  job,
  READ_ACCOUNTS,
  run,
  runAnswer,
} from './demand.js';
import { pause, until, useGatewayFixture } from './gateway-fixture.js';

/** The timeouts are long: only a disconnecting caller ends a call. */
const fixture = useGatewayFixture({
  env: { DEMAND_API_TIMEOUT_MS: '600000', REQUEST_TIMEOUT_MS: '600000' },
  perTest: true,
});
const pausing = changes[1]!;

/** Sends an operation, and disconnects when a request arrives upstream. */
async function sendAndLeave(document: string, variables = {}): Promise<void> {
  const { leave } = fixture.begin(document, variables);
  await fixture.untilSent(1);
  leave();
}

/** Long enough for any further request to arrive. */
const settle = () => pause(100);

describe('a disconnecting caller ends', () => {
  it.each<[string, ScriptedResponse]>([
    ['a read without a response', { fault: 'hang' }],
    ['a read whose body is incomplete', { ...accounts, bodyDelayMs: 30_000 }],
  ])('%s', async (_what, answer) => {
    fixture.on('GET /accounts', answer);
    await sendAndLeave(READ_ACCOUNTS);
    await until(() => fixture.api.abandoned.length === 1 && fixture.api.connections() === 0);
    await settle();
    expect(fixture.sent()).toHaveLength(1);
  });

  it('all reads of the operation', async () => {
    fixture.on('GET /accounts', { fault: 'hang' });
    fixture.on(`GET ${run.path}`, { fault: 'hang' });
    await sendAndLeave(`{ accounts { id } fieldingRun(id: "${run.id}") { id } }`);
    await until(() => fixture.sent().length === fixture.api.abandoned.length);
    await settle();
    expect(fixture.api.connections()).toBe(0);
  });
});

describe('a caller that disconnects before a retry', () => {
  const patient = useGatewayFixture({
    env: { DEMAND_API_RETRY_BASE_MS: '400', DEMAND_API_RETRY_MAX_MS: '400' },
    perTest: true,
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each([
    ['GET /accounts', READ_ACCOUNTS],
    [creation, CREATE_JOB],
    [pausing.call, changeDocument(pausing)],
  ])('ends the wait: %s', async (call, document) => {
    jest.spyOn(Math, 'random').mockReturnValue(0.999);
    patient.on(call, [{ status: 503 }]);
    const { leave } = patient.begin(document);
    await patient.untilSent(1);
    await pause(50);
    leave();
    await pause(450);
    expect(patient.sent()).toHaveLength(1);
  });
});

describe('a disconnecting caller does not end', () => {
  it('a creation that has been sent: its response is processed', async () => {
    fixture.on(creation, { ...created, delayMs: 100 });
    await sendAndLeave(CREATE_JOB, { key: 'key-1' });
    // The gateway reports a job that the API does not show as in progress only if it recorded its creation.
    await until(async () => {
      const { data } = await fixture.execute<{ batchJob: { status: string } | null }>(
        `{ batchJob(id: "${job.id}") { status } }`,
      );
      return data?.batchJob?.status === 'PROCESSING';
    });
    expect(fixture.api.abandoned).toEqual([]);
    expect(fixture.sent(creation)).toHaveLength(1);
  });

  it('an action that has been sent, and causes no read after it', async () => {
    fixture.on(pausing.call, { ...pausing.done, delayMs: 100 });
    fixture.on(`GET ${run.path}`, runAnswer(6, 'Paused'));
    await sendAndLeave(changeDocument(pausing).replace('{ version }', '{ version status }'));
    await pause(250);
    expect(fixture.api.abandoned).toEqual([]);
    expect(fixture.sent()).toHaveLength(1);
  });

  it('a change in flight, but later steps do not start', async () => {
    fixture.on(pausing.call, { ...pausing.done, delayMs: 100 });
    const both = changeDocument(pausing).replace(
      /(mutation \{)([^]*)\}$/,
      (_all, start: string, change: string) => {
        return `${start} ${change} ${change.replace('change:', 'again:')} }`;
      },
    );
    await sendAndLeave(both);
    await pause(250);
    expect(fixture.sent()).toHaveLength(1);
    expect(fixture.api.abandoned).toEqual([]);
  });
});

describe('a caller that disconnects while others wait for a permit', () => {
  const narrow = useGatewayFixture({ env: { DEMAND_API_CONCURRENCY: '1' }, perTest: true });

  it('does not end a creation that waited and has been sent', async () => {
    narrow.on('GET /accounts', { ...accounts, delayMs: 100 });
    narrow.on(creation, { ...created, delayMs: 100 });
    const reading = narrow.execute(READ_ACCOUNTS);
    await narrow.untilSent(1);
    const { leave } = narrow.begin(CREATE_JOB, { key: 'key-1' });
    await narrow.untilSent(2);
    leave();
    await reading;
    const { data } = await narrow.execute<object>(`{ batchJob(id: "${job.id}") { status } }`);
    expect(data).toEqual({ batchJob: { status: 'PROCESSING' } });
    expect(narrow.api.abandoned).toEqual([]);
  });
});
