import { describe, expect, test } from '@jest/globals';
import { ResumeFieldingRunDocument, UpdateFieldingPeriodDocument } from '../generated/documents.js';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

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
