import { describe, expect, test } from '@jest/globals';
import {
  ResumeFieldingRunDocument,
  UpdateFieldingPeriodDocument,
  TargetGroupTransitionsDocument,
  type TargetGroupSelection,
} from '../generated/documents.js';
import { ids, paths, rest } from './demand.js';
import { useScripted, impatient } from './scripted.js';

describe('Entity tags', () => {
  const VERSION = 'query ($id: ID!) { fieldingRun(id: $id) { version } }';

  describe('the version of a fielding run', () => {
    const scripted = useScripted();

    test.each([
      ['a weak entity tag', 'W/"7"', 7, '7'],
      ['a strong entity tag', '"7"', 7, '7'],
      ['the entity tag if the body differs', 'W/"8"', 7, '8'],
      ['the entity tag even if it is older', 'W/"6"', 7, '6'],
      ['an entity tag greater than any number', '"9007199254740993"', 7, '9007199254740993'],
      ['the body if there is no entity tag', undefined, 7, '7'],
      ['the body if the entity tag has no version', '"abc"', 7, '7'],
      ['the body if the entity tag is malformed', 'W/7', 7, '7'],
      ['the entity tag if the body has no version', 'W/"7"', undefined, '7'],
    ])('comes from %s', async (_what, etag, version, expected) => {
      scripted.upstream.on('GET', paths.fieldingRun, {
        headers: etag === undefined ? {} : { etag },
        body: { ...rest.fieldingRun, version },
      });
      const { data, errors } = await scripted.execute(VERSION, { id: ids.fieldingRun });
      expect({ data, errors }).toEqual({ data: { fieldingRun: { version: expected } }, errors: [] });
    });

    test('comes from the body in a list, whose items have no entity tags', async () => {
      scripted.upstream.on('GET', paths.fieldingRuns, {
        headers: { etag: 'W/"99"' },
        body: { data: [rest.fieldingRun], has_more: false },
      });
      scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: rest.overview });
      const { data } = await scripted.execute(
        'query ($id: ID!) { targetGroup(id: $id) { fieldingRun { version } } }',
        {
          id: ids.targetGroup,
        },
      );
      expect(data).toEqual({ targetGroup: { fieldingRun: { version: '5' } } });
    });
  });

  describe.each([
    ['weak by default', {}, 'W/"5"'],
    ['weak', { DEMAND_API_IF_MATCH: 'weak' }, 'W/"5"'],
    ['strong', { DEMAND_API_IF_MATCH: 'strong' }, '"5"'],
  ])('If-Match is %s', (_form, env, tag) => {
    const scripted = useScripted({ env });

    test('is sent with an action and with a new period', async () => {
      scripted.upstream.on('POST', `${paths.fieldingRun}/resume`, { status: 204, headers: { etag: '"6"' } });
      scripted.upstream.on('PUT', paths.fieldingRun, { status: 202, body: { id: 'R1' } });
      await scripted.execute(ResumeFieldingRunDocument, { input: { id: ids.fieldingRun, version: '5' } });
      await scripted.execute(UpdateFieldingPeriodDocument, {
        input: {
          id: ids.fieldingRun,
          version: '5',
          startAt: '2126-01-01T00:00:00Z',
          endAt: '2126-02-01T00:00:00Z',
        },
      });
      const changes = scripted.upstream.requests.filter(({ method }) => method !== 'GET');
      expect(changes.map(({ method, headers }) => [method, headers['if-match']])).toEqual([
        ['POST', tag],
        ['PUT', tag],
      ]);
    });
  });
});

describe('Transitions', () => {
  const path = `${paths.project}/compute-target-group-transitions`;
  const body = { target_groups: ['T1', 'T2'], is_pause_allowed: true, is_launch_allowed: false };
  const data = {
    targetGroupTransitions: { targetGroupIds: ['101/P1/T1', '101/P1/T2'], allowedActions: ['PAUSE'] },
  };

  describe.each(['http1', 'node-fetch', 'undici'])('with %s', (transport) => {
    const scripted = useScripted({ env: { ...impatient, DEMAND_API_TRANSPORT: transport } });
    const ask = async (selection?: TargetGroupSelection | null) => {
      const variables = { projectId: ids.project, selection };
      const answer = await scripted.execute(TargetGroupTransitionsDocument, variables);
      return { data: answer.data, errors: answer.errors };
    };

    test.each<[string, TargetGroupSelection | null | undefined, object]>([
      ['that is omitted', undefined, {}],
      ['of null', null, {}],
      ['of nothing', {}, {}],
      ['of empty filters', { search: '', status: [], country: null, excludedTargetGroupIds: [] }, {}],
      [
        'of everything',
        {
          search: 'Größe',
          status: ['LIVE', 'DRAFT'],
          country: ['US', 'de'],
          language: ['ENG'],
          includedTargetGroupIds: ['101/P1/T1', '101/P1/T2', '101/P1/T1'],
          excludedTargetGroupIds: ['101/P1/T3'],
        },
        {
          search_string: 'Größe',
          filters: { status: ['live', 'draft'], country: ['us', 'de'], language: ['eng'] },
          included_target_group_ids: ['T1', 'T2'],
          excluded_target_group_ids: ['T3'],
        },
      ],
    ])('a selection %s is sent in the form of REST, in one call', async (_what, selection, sent) => {
      scripted.upstream.on('POST', path, { body });
      expect(await ask(selection)).toEqual({ data, errors: [] });
      expect(scripted.calls()).toEqual([`POST /v1${path}`]);
      const [request] = scripted.upstream.requests;
      expect(JSON.parse(request?.body ?? '')).toEqual(sent);
      expect(request?.headers).toMatchObject({
        'content-type': 'application/json',
        accept: 'application/json',
      });
      expect(request?.headers).not.toHaveProperty('idempotency-key');
    });

    test.each([
      ['a 503', { status: 503 }],
      ['a 500', { status: 500 }],
      ['a 429', { status: 429, headers: { 'retry-after': '0' } }],
      ['a lost connection', { fault: 'reset' as const }],
      ['half an answer', { body, fault: 'truncate' as const }],
      ['no answer', { fault: 'hang' as const }],
    ])('it is retried after %s, since it changes nothing', async (_what, failure) => {
      scripted.upstream.on('POST', path, [failure, { body }]);
      expect(await ask()).toEqual({ data, errors: [] });
      expect(scripted.calls()).toHaveLength(2);
    });

    test.each([
      [403, 'FORBIDDEN', 1],
      [401, 'UNAUTHENTICATED', 1],
      [503, 'UPSTREAM_UNAVAILABLE', 4],
      [301, 'UPSTREAM_BAD_RESPONSE', 1],
    ])('a failure with %d is %s', async (status, code, calls) => {
      scripted.upstream.on('POST', path, { status, headers: { location: '/v1/accounts' } });
      const answer = await ask();
      expect(answer).toMatchObject({
        data: { targetGroupTransitions: null },
        errors: [{ extensions: { code } }],
      });
      expect(answer.errors[0]?.extensions).not.toHaveProperty('outcomeUnknown');
      expect(scripted.calls()).toHaveLength(calls);
    });

    test('concurrent equal selections share a call, others do not', async () => {
      scripted.upstream.on('POST', path, ({ body: sent }) => ({
        body: { target_groups: [sent.includes('live') ? 'T1' : 'T2'] },
        delayMs: 500,
      }));
      const live = { status: ['LIVE' as const] };
      const answers = await Promise.all([ask(live), ask({ status: ['PAUSED'] }), ask(live)]);
      expect(answers.map((answer) => answer.data?.targetGroupTransitions?.targetGroupIds)).toEqual([
        ['101/P1/T1'],
        ['101/P1/T2'],
        ['101/P1/T1'],
      ]);
      expect(scripted.calls()).toHaveLength(2);
    });
  });

  describe('a response', () => {
    const scripted = useScripted();
    const read = async (body: unknown) => {
      scripted.upstream.on('POST', path, { body });
      const answer = await scripted.execute(TargetGroupTransitionsDocument, { projectId: ids.project });
      return { transitions: answer.data?.targetGroupTransitions, errors: answer.errors };
    };
    const bad = (...where: readonly (string | number)[]) =>
      expect.objectContaining({
        path: ['targetGroupTransitions', ...where],
        extensions: expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE' }),
      });

    test('has a property for every action', async () => {
      const flags = ['launch', 'pause', 'resume', 'finish', 'relaunch'].map((name) => `is_${name}_allowed`);
      const actions: unknown[] = [];
      for (const flag of flags) {
        const { transitions } = await read(Object.fromEntries(flags.map((name) => [name, name === flag])));
        actions.push(transitions?.allowedActions);
      }
      expect(actions).toEqual([['LAUNCH'], ['PAUSE'], ['RESUME'], ['COMPLETE'], ['RELAUNCH']]);
    });

    test.each([{}, { target_groups: null, is_pause_allowed: null }])('of %j allows nothing', async (body) => {
      expect(await read(body)).toEqual({
        transitions: { targetGroupIds: [], allowedActions: [] },
        errors: [],
      });
    });

    test('with an invalid id has null instead', async () => {
      expect(await read({ ...body, target_groups: ['T1', '..', 5, null, 'T2'] })).toEqual({
        transitions: {
          targetGroupIds: ['101/P1/T1', null, null, null, '101/P1/T2'],
          allowedActions: ['PAUSE'],
        },
        errors: [1, 2, 3].map((index) => bad('targetGroupIds', index)),
      });
    });

    test('with malformed ids has the actions', async () => {
      expect(await read({ ...body, target_groups: 'all' })).toEqual({
        transitions: { targetGroupIds: null, allowedActions: ['PAUSE'] },
        errors: [bad('targetGroupIds')],
      });
    });

    test('without a boolean for an action has null instead, the other actions and the ids', async () => {
      expect(await read({ ...body, is_pause_allowed: 'yes', is_finish_allowed: true })).toEqual({
        transitions: { targetGroupIds: ['101/P1/T1', '101/P1/T2'], allowedActions: [null, 'COMPLETE'] },
        errors: [bad('allowedActions', 0)],
      });
    });

    test.each(['[]', 'null', '<html>'])('of %j is an error', async (body) => {
      expect(await read(body)).toEqual({ transitions: null, errors: [bad()] });
    });
  });
});
