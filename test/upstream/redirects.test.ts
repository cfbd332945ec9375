import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

const scripted = useScripted();

const RUN = 'query ($id: ID!) { it: fieldingRun(id: $id) { status } }';
const RESUME = `mutation ($input: ResumeFieldingRunInput!) {
  it: resumeFieldingRun(input: $input) { fieldingRun { id } userErrors { message } }
}`;
const PAUSE = `mutation ($input: PauseTargetGroupsInput!) {
  it: pauseTargetGroups(input: $input) { batchJob { id } userErrors { message } }
}`;
const GROUP = 'query ($id: ID!) { it: targetGroup(id: $id) { name status createdAt } }';

const documents = [
  { what: 'a query', document: RUN, variables: { id: ids.fieldingRun }, expected: { retryable: false } },
  {
    what: 'an action',
    document: RESUME,
    variables: { input: { id: ids.fieldingRun, version: '5' } },
    expected: { retryable: false, outcomeUnknown: true },
  },
  {
    what: 'a creation',
    document: PAUSE,
    variables: { input: { targetGroupIds: [ids.targetGroup], idempotencyKey: 'key-1' } },
    // Retrying with the key creates nothing twice.
    expected: { retryable: true, outcomeUnknown: true, idempotencyKey: 'key-1' },
  },
];

describe.each([301, 302, 303, 307, 308])('a %i to another server', (status) => {
  test.each(documents)('is not followed by $what: no request and no token goes there', async (operation) => {
    const foreigner = await scripted.foreigner();
    foreigner.on('GET', /./, { body: rest.fieldingRun });
    const answer = { status, headers: { location: `${foreigner.url}/anywhere` }, body: 'moved' };
    for (const method of ['GET', 'POST']) scripted.upstream.on(method, /./, answer);

    const { data, errors } = await scripted.execute(operation.document, operation.variables);
    expect(data).toEqual({ it: null });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions).toEqual({
      code: 'UPSTREAM_BAD_RESPONSE',
      ...operation.expected,
      upstream: { status },
      traceId: expect.any(String),
    });
    expect(JSON.stringify(errors)).not.toContain(foreigner.url);
    expect(foreigner.requests).toEqual([]);
    expect(scripted.calls()).toHaveLength(1);
  });
});

test('reads a draft that redirects as launched, through overview and details', async () => {
  const overview = `${paths.targetGroup}/overview`;
  const details = `${paths.targetGroup}/details`;
  // It was launched between the first reads and that of the draft.
  scripted.upstream.on('GET', overview, [{ status: 404 }, { body: rest.overview }]);
  scripted.upstream.on('GET', details, { body: rest.details });
  scripted.upstream.on('GET', paths.targetGroup, {
    status: 301,
    headers: { location: `/v1${details}` },
  });
  const { data, errors } = await scripted.execute(GROUP, { id: ids.targetGroup });
  expect({ data, errors }).toEqual({
    data: { it: { name: 'Cats', status: 'LIVE', createdAt: rest.details.created_at } },
    errors: [],
  });
  expect(scripted.calls().sort()).toEqual(
    [overview, overview, details, paths.targetGroup].map((path) => `GET /v1${path}`).sort(),
  );
});

test('shows a launched target group without an overview from its details', async () => {
  const details = `${paths.targetGroup}/details`;
  scripted.upstream.on('GET', details, { body: { ...rest.details, human_readable_id: '9NRV3B9' } });
  scripted.upstream.on('GET', paths.targetGroup, { status: 301, headers: { location: `/v1${details}` } });
  const FIELDS =
    'name humanReadableId locale createdAt projectManagerId customerReferenceNumber progress { fillingGoal }';
  expect(await scripted.execute(`{ it: targetGroup(id: "${ids.targetGroup}") { ${FIELDS} } }`)).toMatchObject(
    {
      data: {
        it: {
          name: 'Cats',
          humanReadableId: '9NRV3B9',
          locale: 'eng_us',
          createdAt: rest.details.created_at,
          projectManagerId: 'M1',
          customerReferenceNumber: null,
          progress: null,
        },
      },
      errors: [],
    },
  );
  const overview = `GET /v1${paths.targetGroup}/overview`;
  expect(scripted.calls()).toEqual([overview, `GET /v1${paths.targetGroup}`, overview, `GET /v1${details}`]);
});

test('reads a draft that redirects to another server from the API', async () => {
  const foreigner = await scripted.foreigner();
  scripted.upstream.on('GET', `${paths.targetGroup}/overview`, [{ status: 404 }, { body: rest.overview }]);
  scripted.upstream.on('GET', `${paths.targetGroup}/details`, { body: rest.details });
  scripted.upstream.on('GET', paths.targetGroup, {
    status: 301,
    headers: { location: `${foreigner.url}${paths.targetGroup}/details` },
  });
  const { data, errors } = await scripted.execute(GROUP, { id: ids.targetGroup });
  expect(data).toMatchObject({ it: { name: 'Cats', status: 'LIVE' } });
  expect(errors).toEqual([]);
  expect(foreigner.requests).toEqual([]);
});
