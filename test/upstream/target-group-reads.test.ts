import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { impatient, useScripted } from './scripted.js';

const scripted = useScripted({ env: impatient });

/** The error of a bad response, at a path. */
function badAt(...path: readonly (string | number)[]) {
  return expect.objectContaining({
    path,
    extensions: expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false }),
  });
}

async function ask(fields: string) {
  const document = `query ($id: ID!) { targetGroup(id: $id) { ${fields} } }`;
  const { data, errors } = await scripted.execute<{ targetGroup: object }, object>(document, {
    id: ids.targetGroup,
  });
  return { targetGroup: data?.targetGroup, errors };
}

/** Scripts a target group and the response to one of its reads. */
function answers(read: string, body: unknown) {
  scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: rest.overview });
  scripted.upstream.on('GET', `${paths.targetGroup}/${read}`, { body });
}

describe('performance', () => {
  const PERFORMANCE = `name performance {
    entrants prescreens completes completesCost { amount currency } firstCompleteAt lastCompleteAt
    incidenceRate dropOffRate conversionRate
    respondentAnalysis { live { status label description count } test { status label description count } }
  }`;
  const line = { status: 'Complete', label: 'Returned as Complete', description: 'Done.', count: 96 };
  const body = {
    entrants: 260,
    prescreens: 180,
    completes: 96,
    completes_cost: { value: '262.5792', currency_code: 'USD', currency_scale: 4 },
    first_complete: '2026-02-01 09:00:00Z',
    last_complete: '2026-02-02T09:00:00Z',
    incidence_rate: 0.5,
    drop_off_rate: 0,
    conversion_rate: 1,
    respondent_analysis: { live: [line], test: [] },
  };
  const sound = {
    entrants: 260,
    prescreens: 180,
    completes: 96,
    completesCost: { amount: '262.5792', currency: 'USD' },
    firstCompleteAt: '2026-02-01T09:00:00.000Z',
    lastCompleteAt: '2026-02-02T09:00:00.000Z',
    incidenceRate: 0.5,
    dropOffRate: 0,
    conversionRate: 1,
    respondentAnalysis: { live: [line], test: [] },
  };
  const read = async (rest: unknown) => {
    answers('performance', rest);
    return await ask(PERFORMANCE);
  };

  test('is shown as documented, with all digits', async () => {
    expect(await read(body)).toEqual({ targetGroup: { name: 'Cats', performance: sound }, errors: [] });
  });

  test('before 2025-12-18 has costs without a currency', async () => {
    expect(await read({ ...body, completes_cost: 262.5 })).toEqual({
      targetGroup: {
        name: 'Cats',
        performance: { ...sound, completesCost: { amount: '262.5', currency: null } },
      },
      errors: [],
    });
  });

  test('has null for what the API omits', async () => {
    const { entrants, prescreens, completes } = body;
    const nothing = Object.fromEntries(Object.keys(sound).map((name) => [name, null]));
    expect(await read({ entrants, prescreens, completes })).toEqual({
      targetGroup: { name: 'Cats', performance: { ...nothing, entrants, prescreens, completes } },
      errors: [],
    });
    expect(await read({ ...body, respondent_analysis: {}, completes_cost: null })).toEqual({
      targetGroup: {
        name: 'Cats',
        performance: { ...sound, completesCost: null, respondentAnalysis: { live: null, test: null } },
      },
      errors: [],
    });
  });

  test.each([
    ['entrants', { entrants: undefined }],
    ['prescreens', { prescreens: null }],
    ['completes', { completes: '96' }],
    ['completes', { completes: 1.5 }],
    ['completesCost', { completes_cost: '262.58' }],
    ['firstCompleteAt', { first_complete: 'yesterday' }],
    ['lastCompleteAt', { last_complete: 1_770_000_000 }],
    ['incidenceRate', { incidence_rate: '0.5' }],
    ['dropOffRate', { drop_off_rate: [] }],
    ['conversionRate', { conversion_rate: {} }],
    ['respondentAnalysis', { respondent_analysis: [] }],
  ])('has null only for a malformed %s: %j', async (field, broken) => {
    expect(await read({ ...body, ...broken })).toEqual({
      targetGroup: { name: 'Cats', performance: { ...sound, [field]: null } },
      errors: [badAt('targetGroup', 'performance', field)],
    });
  });

  test('has null only for a malformed line of the analysis, or a part of it', async () => {
    const live = [line, 'Complete', { ...line, count: 'many' }, {}];
    const shown = [line, null, { ...line, count: null }];
    const nothing = { status: null, label: null, description: null, count: null };
    expect(await read({ ...body, respondent_analysis: { live, test: 'none' } })).toEqual({
      targetGroup: {
        name: 'Cats',
        performance: { ...sound, respondentAnalysis: { live: [...shown, nothing], test: null } },
      },
      errors: expect.arrayContaining([
        badAt('targetGroup', 'performance', 'respondentAnalysis', 'live', 1),
        badAt('targetGroup', 'performance', 'respondentAnalysis', 'live', 2, 'count'),
        badAt('targetGroup', 'performance', 'respondentAnalysis', 'test'),
      ]),
    });
  });

  test.each([['[]'], ['null'], ['<html>'], ['']])('is null if the response is %j', async (rest) => {
    expect(await read(rest)).toEqual({
      targetGroup: { name: 'Cats', performance: null },
      errors: [badAt('targetGroup', 'performance')],
    });
  });
});

describe('completesOverTime', () => {
  const read = async (aggregated_completes_intervals: unknown) => {
    answers('completes-aggregated-by-interval', { aggregated_completes_intervals });
    return await ask('name completesOverTime(interval: "PT1H") { at completes }');
  };
  const point = (hour: string, count: unknown) => ({ timestamp: `2026-02-01T${hour}:00:00.000Z`, count });
  const shown = (hour: string, completes: number) => ({ at: `2026-02-01T${hour}:00:00.000Z`, completes });
  const at = (...path: number[]) => badAt('targetGroup', 'completesOverTime', ...path);

  test('is in order, whatever the order of the response', async () => {
    expect(await read([point('10', 3), point('09', 0), point('11', 2)])).toEqual({
      targetGroup: { name: 'Cats', completesOverTime: [shown('09', 0), shown('10', 3), shown('11', 2)] },
      errors: [],
    });
    expect(scripted.calls().at(-1)).toMatch(/\?aggregation_interval=PT1H$/);
  });

  test('has null only for malformed points', async () => {
    const broken = [
      { count: 1 },
      point('12', null),
      { timestamp: 'noon', count: 1 },
      point('12', '1'),
      5,
      null,
    ];
    expect(await read([point('10', 3), ...broken, point('09', 0)])).toEqual({
      targetGroup: {
        name: 'Cats',
        completesOverTime: [shown('09', 0), ...broken.map(() => null), shown('10', 3)],
      },
      errors: broken.map((_, index) => at(index + 1)),
    });
  });

  test('without points is empty', async () => {
    expect(await read([])).toEqual({ targetGroup: { name: 'Cats', completesOverTime: [] }, errors: [] });
  });

  test.each([undefined, null, 'none', {}])('is null if the list is %j', async (broken) => {
    expect(await read(broken)).toEqual({
      targetGroup: { name: 'Cats', completesOverTime: null },
      errors: [at()],
    });
  });
});

describe('targetGroupByRawId', () => {
  const path = '/demand/target-groups/T1/overview';
  const body = { account_id: 101, project_id: 'P1', ...rest.overview };
  const read = async (rest: object, fields = 'id name status progress { currentCompletes }') => {
    scripted.upstream.on('GET', path, { body: rest });
    const document = `{ targetGroupByRawId(targetGroupId: "T1") { ${fields} } }`;
    const { data, errors } = await scripted.execute<object, object>(document);
    return { data, errors };
  };

  test('needs one call, and its id is the full one', async () => {
    expect(await read(body)).toEqual({
      data: {
        targetGroupByRawId: {
          id: ids.targetGroup,
          name: 'Cats',
          status: 'LIVE',
          progress: { currentCompletes: 3 },
        },
      },
      errors: [],
    });
    expect(scripted.calls()).toEqual([`GET /v1${path}`]);
  });

  test.each([
    ['lacks the account', { account_id: undefined }],
    ['has null for the account', { account_id: null }],
    ['has a text for the account', { account_id: '101' }],
    ['has an invalid account', { account_id: -1 }],
    ['lacks the project', { project_id: undefined }],
    ['has null for the project', { project_id: null }],
    ['has `..` for the project', { project_id: '..' }],
  ])('is an error if the response %s', async (_what, broken) => {
    expect(await read({ ...body, ...broken })).toEqual({
      data: { targetGroupByRawId: null },
      errors: [badAt('targetGroupByRawId')],
    });
    expect(scripted.calls()).toEqual([`GET /v1${path}`]);
  });

  test('before 2025-12-18 has the earnings per click, like the overview of the full id', async () => {
    const fields = 'statistics { earningsPerClick { amount currency } }';
    expect(await read({ ...body, earnings_per_click: 0.25 }, fields)).toEqual({
      data: { targetGroupByRawId: { statistics: { earningsPerClick: { amount: '0.25', currency: null } } } },
      errors: [],
    });
  });

  test('has null only for a malformed metric', async () => {
    expect(await read({ ...body, progress: 'good' })).toEqual({
      data: {
        targetGroupByRawId: { id: ids.targetGroup, name: 'Cats', status: 'LIVE', progress: null },
      },
      errors: [badAt('targetGroupByRawId', 'progress')],
    });
  });

  test('is null if there is none', async () => {
    const { data, errors } = await scripted.execute('{ targetGroupByRawId(targetGroupId: "T1") { id } }');
    expect({ data, errors }).toEqual({ data: { targetGroupByRawId: null }, errors: [] });
  });
});
