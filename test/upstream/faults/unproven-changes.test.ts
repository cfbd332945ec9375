import type { Answer } from '../../helpers/gateway.js';
import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';
import {
  changeDocument,
  changes,
  creations,
  run,
  runAnswer,
  type Change,
  type ChangeData,
} from './demand.js';
import { errorOf, failureOf, useGatewayFixture } from './gateway-fixture.js';

const fixture = useGatewayFixture();
const readRun = `GET ${run.path}`;
const pausing = changes[1]!;

const LOGIN_PAGE = '<html><body><form action="/login"></form></body></html>';
const page: ScriptedResponse = { status: 200, headers: { 'content-type': 'text/html' }, body: LOGIN_PAGE };
const errorBody: ScriptedResponse = {
  status: 200,
  body: { id: 'e-1', object: 'unexpected_internal_error', detail: 'It failed.' },
};

/** A documented response, except for its entity tag. */
function tagged(change: Change, etag: string | undefined): ScriptedResponse {
  return { ...change.done, headers: etag === undefined ? {} : { etag } };
}

/** Makes a change from version 5 with this response, while reads of the run return these states. */
async function make(
  change: Change,
  answer: ScriptedResponse,
  states: ScriptedResponse | readonly ScriptedResponse[],
): Promise<Answer<ChangeData>> {
  fixture.on(change.call, answer);
  fixture.on(readRun, states);
  return await fixture.execute<ChangeData>(changeDocument(change));
}

const made = { data: { change: { fieldingRun: { version: '6' }, userErrors: [] } }, errors: [] };

describe.each(changes)('$mutation', (change) => {
  const { call, reached, missed } = change;
  const documented = change.done.status ?? 200;

  const unproven: readonly (readonly [string, ScriptedResponse])[] = [
    ['a login page with 200', page],
    ['an error body with 200', errorBody],
    ["the client's own version", tagged(change, 'W/"5"')],
    ['an older version', tagged(change, 'W/"4"')],
    ['no entity tag', tagged(change, undefined)],
    ["a tag with a proxy's suffix", tagged(change, 'W/"6-gzip"')],
    ['an undocumented 2xx, with a later version', { status: 206, headers: { etag: 'W/"6"' } }],
  ];

  it.each(unproven)('with %s reads the run, and succeeds if it shows the change', async (_what, answer) => {
    expect(await make(change, answer, runAnswer(6, reached.status, reached))).toMatchObject(made);
    expect(fixture.sent(call)).toHaveLength(1);
    expect(fixture.sent(readRun)).toHaveLength(1);
  });

  it.each(unproven)(
    'with %s succeeds if the run was already in the expected state',
    async (_what, answer) => {
      const { data, errors } = await make(change, answer, runAnswer(5, reached.status, reached));
      expect({ data, errors }).toEqual({
        data: { change: { fieldingRun: { version: '5' }, userErrors: [] } },
        errors: [],
      });
    },
  );

  it.each(unproven)('with %s has an unknown outcome if the run does not show it', async (_what, answer) => {
    const failed = await make(change, answer, runAnswer(6, missed.status, missed));
    expect(failed.data).toEqual({ change: null });
    expect(failureOf(failed)).toEqual({
      code: 'UPSTREAM_BAD_RESPONSE',
      retryable: false,
      outcomeUnknown: true,
      upstream: { status: answer.status ?? documented },
    });
    expect(fixture.sent(call)).toHaveLength(1);
  });

  it("with a proxy's page has an unknown outcome if the run stays the same", async () => {
    const failed = await make(change, page, runAnswer(5, missed.status, missed));
    expect(failureOf(failed)).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', outcomeUnknown: true });
    expect(fixture.sent(readRun)).toHaveLength(4);
  });

  it("with a proxy's page has an unknown outcome if the run is two changes later", async () => {
    const failed = await make(change, { ...page, status: 203 }, runAnswer(7, reached.status, reached));
    expect(failureOf(failed)).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', outcomeUnknown: true });
  });

  it.each<[string, ScriptedResponse]>([
    ['does not exist', { status: 404 }],
    ['cannot be read', { status: 403 }],
    ['is not JSON', { body: LOGIN_PAGE }],
  ])("with a proxy's page has an unknown outcome if the run %s", async (_what, state) => {
    const failed = await make(change, page, state);
    expect(failureOf(failed)).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', outcomeUnknown: true });
  });

  it('without a tag rereads the run while a replica shows the previous state', async () => {
    const lagging = runAnswer(5, missed.status, missed);
    const answer = await make(change, tagged(change, undefined), [
      lagging,
      lagging,
      runAnswer(6, reached.status, reached),
    ]);
    expect(answer).toMatchObject(made);
    expect(fixture.sent(readRun)).toHaveLength(3);
    expect(fixture.sent(readRun).map(({ headers }) => headers['cache-control'])).toEqual([
      undefined,
      'no-cache',
      'no-cache',
    ]);
  });

  it('that a read has confirmed shows the state of that read without another call', async () => {
    const status = reached.status.toUpperCase();
    fixture.on(call, tagged(change, undefined));
    fixture.on(readRun, [runAnswer(6, reached.status, reached), runAnswer(7, 'Live')]);
    const document = changeDocument(change).replace('{ version }', '{ version status }');
    const { data } = await fixture.execute<object>(document);
    expect(data).toEqual({ change: { fieldingRun: { version: '6', status }, userErrors: [] } });
    expect(fixture.sent(readRun)).toHaveLength(1);
  });
});

describe('a change rejected after a lost response', () => {
  const lost: ScriptedResponse = { fault: 'reset' };

  it.each([412, 422])(
    'with %d rereads the run while a replica shows the rejected version',
    async (status) => {
      fixture.on(pausing.call, [lost, { status }]);
      fixture.on(readRun, [runAnswer(5, 'Live'), runAnswer(5, 'Live'), runAnswer(6, 'Paused')]);
      expect(await fixture.execute(changeDocument(pausing))).toMatchObject(made);
      expect(fixture.sent(readRun)).toHaveLength(3);
    },
  );

  it('has an unknown outcome if the replica never catches up', async () => {
    fixture.on(pausing.call, [lost, { status: 412 }]);
    fixture.on(readRun, runAnswer(5, 'Live'));
    const failed = await fixture.execute(changeDocument(pausing));
    expect(failureOf(failed)).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
      outcomeUnknown: true,
    });
    expect(fixture.sent(readRun)).toHaveLength(4);
  });
});

describe('the run after a change', () => {
  const selecting = changeDocument(pausing).replace('{ version }', '{ version status }');
  const path = ['change', 'fieldingRun'];

  it('is null if it was deleted, with an error that confirms the change', async () => {
    fixture.on(pausing.call, pausing.done);
    fixture.on(readRun, { status: 404 });
    const answer = await fixture.execute<ChangeData>(selecting);
    expect(answer.data).toEqual({ change: { fieldingRun: null, userErrors: [] } });
    expect(errorOf(answer)).toMatchObject({ path, message: expect.stringMatching(/^The change was made/) });
    expect(failureOf(answer)).toEqual({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false });
  });

  it.each<[string, ScriptedResponse, object]>([
    ['the API is unavailable', { status: 503 }, { code: 'UPSTREAM_UNAVAILABLE' }],
    ['the API keeps returning the previous state', runAnswer(5, 'Live'), { code: 'UPSTREAM_BAD_RESPONSE' }],
    ['the state has no version', { body: { id: 'R1', status: 'Paused' } }, { code: 'UPSTREAM_BAD_RESPONSE' }],
  ])('is null if it cannot be read, with an error that confirms the change: %s', async (...parameters) => {
    const [, state, extensions] = parameters;
    fixture.on(pausing.call, pausing.done);
    fixture.on(readRun, state);
    const answer = await fixture.execute<ChangeData>(selecting);
    expect(answer.data).toEqual({ change: { fieldingRun: null, userErrors: [] } });
    expect(errorOf(answer)).toMatchObject({
      path,
      message: expect.stringMatching(/^The change was made/),
      extensions,
    });
    expect(errorOf(answer).extensions).not.toHaveProperty('outcomeUnknown');
  });
});

describe('a version conflict', () => {
  const document = changeDocument(pausing).replace(
    '__typename',
    '... on VersionConflictError { expectedVersion current { version status } }',
  );
  const conflict = (current: object | null) => ({
    change: { fieldingRun: null, userErrors: [{ expectedVersion: '5', current }] },
  });

  beforeEach(() => {
    fixture.on(pausing.call, { status: 412 });
  });

  it('never shows the rejected version as current: it rereads the run', async () => {
    fixture.on(readRun, [runAnswer(5), runAnswer(5), runAnswer(8, 'Paused')]);
    const { data, errors } = await fixture.execute(document);
    expect({ data, errors }).toEqual({ data: conflict({ version: '8', status: 'PAUSED' }), errors: [] });
    expect(fixture.sent(readRun)).toHaveLength(3);
  });

  it('has an error instead of the current state if only the rejected version can be read', async () => {
    fixture.on(readRun, runAnswer(5));
    const answer = await fixture.execute(document);
    expect(answer.data).toEqual(conflict(null));
    expect(errorOf(answer).path).toEqual(['change', 'userErrors', 0, 'current']);
    expect(failureOf(answer)).toEqual({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false });
    expect(fixture.sent(readRun)).toHaveLength(4);
  });

  it('shows a version older than the rejected one if it stays so: clients may send versions that never existed', async () => {
    fixture.on(readRun, runAnswer(3, 'Scheduled'));
    const { data } = await fixture.execute(document);
    expect(data).toEqual(conflict({ version: '3', status: 'SCHEDULED' }));
    expect(fixture.sent(readRun)).toHaveLength(4);
  });
});

describe('the waits before rereads', () => {
  const hasty = useGatewayFixture({ env: { REQUEST_TIMEOUT_MS: '740' }, perTest: true });
  const patient = useGatewayFixture({ perTest: true });
  const selecting = changeDocument(pausing).replace('{ version }', '{ version status }');

  it('respect the deadline: a wait that would pass it does not start', async () => {
    hasty.on(pausing.call, pausing.done);
    hasty.on(readRun, runAnswer(5, 'Live'));
    const answer = await hasty.execute<ChangeData>(selecting);
    expect(answer.data).toEqual({ change: { fieldingRun: null, userErrors: [] } });
    expect(errorOf(answer).message).toMatch(/^The change was made/);
    expect(failureOf(answer)).toEqual({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false });
    // After 50 ms, after another 200, and not after another 500.
    expect(hasty.sent(readRun).length).toBeLessThanOrEqual(3);
  });

  it('are three if time allows, and then the state is reported as stale', async () => {
    patient.on(pausing.call, pausing.done);
    patient.on(readRun, runAnswer(5, 'Live'));
    const answer = await patient.execute<ChangeData>(selecting);
    expect(failureOf(answer)).toEqual({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false });
    expect(patient.sent(readRun)).toHaveLength(4);
  });
});

interface CreationPayload {
  readonly userErrors: readonly { readonly code: string }[];
  readonly [job: string]: unknown;
}

describe.each(creations)(
  'the creation of $kind',
  ({ document, call: creation, done: created, field, job }) => {
    const run = async (text: string, key: string) => {
      const answer = await fixture.execute<Readonly<Record<string, CreationPayload | null>>>(text, { key });
      return { ...answer, payload: Object.values(answer.data ?? {})[0] };
    };
    const create = (key: string) => run(document, key);
    const other = document.replace('2030-02', '2030-03').replace('["101/P1/T1"]', '["101/P1/T2"]');
    const done = { [field]: { id: job.id }, userErrors: [] };

    it('conflicts if any of its input differs', () => {
      expect(other).not.toBe(document);
    });

    it.each<[string, ScriptedResponse]>([
      ['a page with 200', page],
      ['an error body with 200', errorBody],
      ['200 and a Location', { ...created, status: 200 }],
      ['202 and a Location', { ...created, status: 202 }],
      ['204', { status: 204 }],
      ['303', { status: 303, headers: { location: job.path } }],
      ['402', { status: 402 }],
      ['405', { status: 405 }],
      ['409', { status: 409 }],
      ['410', { status: 410 }],
      ['418', { status: 418 }],
    ])('with %s has an unknown outcome, and its key stays claimed', async (_what, answer) => {
      fixture.on(creation, [answer, created]);
      const failed = await create('key-1');
      expect(failureOf(failed)).toEqual({
        code: 'UPSTREAM_BAD_RESPONSE',
        retryable: true,
        outcomeUnknown: true,
        idempotencyKey: 'key-1',
        upstream: { status: answer.status },
      });
      expect(fixture.sent(creation)).toHaveLength(1);

      const conflict = await run(other, 'key-1');
      expect(conflict.payload?.userErrors).toEqual([{ code: 'IDEMPOTENCY_CONFLICT' }]);
      expect(fixture.sent(creation)).toHaveLength(1);

      const again = await create('key-1');
      expect(again.payload).toMatchObject(done);
    });

    it.each([408, 425, 500, 501, 502, 503, 504, 507])(
      'with %d at each attempt has an unknown outcome, and its key stays claimed',
      async (status) => {
        fixture.on(creation, { status });
        expect(failureOf(await create('key-1'))).toEqual({
          code: 'UPSTREAM_UNAVAILABLE',
          retryable: true,
          outcomeUnknown: true,
          idempotencyKey: 'key-1',
          upstream: { status },
        });
        expect(fixture.sent(creation)).toHaveLength(4);
        const conflict = await run(other, 'key-1');
        expect(conflict.payload?.userErrors).toEqual([{ code: 'IDEMPOTENCY_CONFLICT' }]);
      },
    );

    it.each([400, 401, 403, 404, 412, 422, 429])(
      'rejected with %d has a known outcome, and frees its key for other input',
      async (status) => {
        fixture.on(creation, [{ status, headers: { 'retry-after': '3600' } }, created]);
        const rejected = await create('key-1');
        expect(rejected.errors[0]?.extensions?.['outcomeUnknown']).toBeUndefined();
        if (status === 429) return;
        const next = await run(other, 'key-1');
        expect(next.payload).toMatchObject(done);
      },
    );
  },
);
