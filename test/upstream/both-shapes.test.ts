import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { impatient, useScripted } from './scripted.js';

const scripted = useScripted({ env: impatient });

async function ask(document: string) {
  const { data, errors } = await scripted.execute<Record<string, unknown>, object>(document);
  return { data, errors };
}

function listed(path: string, items: object) {
  scripted.upstream.on('GET', path, { body: { ...items, has_more: false, next_cursor: null } });
}

describe("a target group's overview and details", () => {
  const manager = '3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01';
  const created = '2026-01-01T09:00:00.000Z';
  const newer = { ...rest.overview, project_manager_id: manager, created_at: created };
  const older = { ...rest.details, project_manager_id: manager, created_at: created };
  const overviewPath = `${paths.targetGroup}/overview`;
  const detailsPath = `${paths.targetGroup}/details`;
  const calls = (...ends: string[]) => ends.map((end) => `GET /v1${paths.targetGroup}/${end}`);
  const FIELDS = '{ name status createdAt projectManagerId }';
  const QUERY = `{ targetGroup(id: "${ids.targetGroup}") ${FIELDS} }`;
  const whole = { name: 'Cats', status: 'LIVE', createdAt: created, projectManagerId: manager };

  test('need only the overview in the newest version', async () => {
    scripted.upstream.on('GET', overviewPath, { body: newer });
    expect(await ask(QUERY)).toEqual({ data: { targetGroup: whole }, errors: [] });
    expect(scripted.calls()).toEqual(calls('overview'));
  });

  test.each([
    ['neither', {}],
    ['no manager', { created_at: created }],
    ['no time of creation', { project_manager_id: manager }],
    ['null', { project_manager_id: null, created_at: null }],
  ])('are both read in an older version whose overview has %s', async (_what, more) => {
    scripted.upstream.on('GET', overviewPath, { body: { ...rest.overview, ...more } });
    scripted.upstream.on('GET', detailsPath, { body: older });
    expect(await ask(QUERY)).toEqual({ data: { targetGroup: whole }, errors: [] });
    expect(scripted.calls()).toEqual(calls('overview', 'details'));
  });

  test('are read in the same way for the target group of a fielding run', async () => {
    scripted.upstream.on('GET', paths.fieldingRun, { body: rest.fieldingRun });
    scripted.upstream.on('GET', overviewPath, { body: rest.overview });
    scripted.upstream.on('GET', detailsPath, { body: older });
    expect(await ask(`{ fieldingRun(id: "${ids.fieldingRun}") { targetGroup ${FIELDS} } }`)).toEqual({
      data: { fieldingRun: { targetGroup: whole } },
      errors: [],
    });
    expect(scripted.calls()).toEqual([`GET /v1${paths.fieldingRun}`, ...calls('overview', 'details')]);
  });

  test('succeed from the overview alone if the details fail', async () => {
    scripted.upstream.on('GET', overviewPath, { body: { ...rest.overview, created_at: created } });
    scripted.upstream.on('GET', detailsPath, { status: 403 });
    const { data, errors } = await ask(QUERY);
    expect(data).toEqual({ targetGroup: { ...whole, projectManagerId: null } });
    expect(errors).toMatchObject([
      { path: ['targetGroup', 'projectManagerId'], extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  test('leave fields null that only the missing details have', async () => {
    scripted.upstream.on('GET', overviewPath, { body: rest.overview });
    expect(await ask(QUERY)).toEqual({
      data: { targetGroup: { ...whole, createdAt: null, projectManagerId: null } },
      errors: [],
    });
  });

  test('fail the field if malformed, without another call', async () => {
    scripted.upstream.on('GET', overviewPath, { body: { ...newer, created_at: 7 } });
    const { data, errors } = await ask(QUERY);
    expect(data).toEqual({ targetGroup: { ...whole, createdAt: null } });
    expect(errors).toMatchObject([
      { path: ['targetGroup', 'createdAt'], extensions: { code: 'UPSTREAM_BAD_RESPONSE' } },
    ]);
    expect(scripted.calls()).toEqual(calls('overview'));
  });

  test.each([
    [{}, null, null],
    [
      { current_cost: { value: '12.3400', currency_code: 'EUR' } },
      { amount: '12.3400', currency: 'EUR' },
      null,
    ],
    [{ current_cost: 12.34, current_cost_per_interview: 2.5 }, { amount: '12.34', currency: null }, 2.5],
  ])('show current prices, or null: %j', async (more, currentCost, perInterview) => {
    scripted.upstream.on('GET', overviewPath, { body: { ...rest.overview, ...more } });
    const { data, errors } = await ask(`{ targetGroup(id: "${ids.targetGroup}") { statistics {
      currentCost { amount currency } currentCostPerInterview { amount currency } } } }`);
    expect(errors).toEqual([]);
    const currentCostPerInterview =
      perInterview === null ? null : { amount: String(perInterview), currency: null };
    expect(data).toEqual({ targetGroup: { statistics: { currentCost, currentCostPerInterview } } });
  });
});

describe("a project's name", () => {
  const overview = {
    id: 'P1',
    human_readable_id: 'PRJ-1',
    account_id: 101,
    status: 'active',
    statistics: {},
  };
  const calls = (...ends: string[]) => ends.map((end) => `GET /v1${paths.project}${end}`);
  const read = (fields: string) => ask(`{ project(id: "${ids.project}") { ${fields} } }`);

  test.each([
    ['is in the overview', { name: 'Cats' }, {}, 'name status', { name: 'Cats', status: 'ACTIVE' }, false],
    [
      'is left out of it',
      {},
      { body: rest.project },
      'name status',
      { name: 'Pets', status: 'ACTIVE' },
      true,
    ],
    [
      'is null there',
      { name: null },
      { body: rest.project },
      'name status',
      { name: 'Pets', status: 'ACTIVE' },
      true,
    ],
    ['is not selected', {}, { body: rest.project }, 'status', { status: 'ACTIVE' }, false],
    ['is nowhere', {}, { status: 404 }, 'name status', { name: null, status: 'ACTIVE' }, true],
  ])('%s', async (_what, more, details, fields, project, asks) => {
    scripted.upstream.on('GET', `${paths.project}/overview`, { body: { ...overview, ...more } });
    scripted.upstream.on('GET', paths.project, details);
    expect(await read(fields)).toEqual({ data: { project }, errors: [] });
    expect(scripted.calls()).toEqual(calls('/overview', ...(asks ? [''] : [])));
  });

  test.each([
    ['cannot be read', {}, { status: 403 }, 'FORBIDDEN'],
    ['is malformed', { name: 7 }, { body: rest.project }, 'UPSTREAM_BAD_RESPONSE'],
  ])('fails alone if it %s', async (_what, more, details, code) => {
    scripted.upstream.on('GET', `${paths.project}/overview`, { body: { ...overview, ...more } });
    scripted.upstream.on('GET', paths.project, details);
    const { data, errors } = await read('name status');
    expect(data).toEqual({ project: { name: null, status: 'ACTIVE' } });
    expect(errors).toMatchObject([{ path: ['project', 'name'], extensions: { code } }]);
  });
});

describe("a draft's time of creation", () => {
  test.each([
    [{ created_at: '2026-01-01T09:00:00Z' }, '2026-01-01T09:00:00.000Z'],
    [{}, null],
  ])('written as %j', async (more, createdAt) => {
    scripted.upstream.on('GET', paths.targetGroup, { body: { name: 'Cats', ...more } });
    const query = `{ targetGroup(id: "${ids.targetGroup}") { name status createdAt } }`;
    expect(await ask(query)).toEqual({
      data: { targetGroup: { name: 'Cats', status: 'DRAFT', createdAt } },
      errors: [],
    });
  });
});

describe('customer reference numbers', () => {
  test.each([
    [{ project_customer_reference_number: 'RF-1' }, 'RF-1'],
    [{ purchase_order_number: 'PO-1' }, 'PO-1'],
    [{ project_customer_reference_number: 'RF-1', purchase_order_number: 'PO-1' }, 'RF-1'],
    [{ project_customer_reference_number: null, purchase_order_number: 'PO-1' }, 'PO-1'],
    [{}, null],
  ])('of a project, written as %j', async (more, number) => {
    const both = { customerReferenceNumber: number, purchaseOrderNumber: number };
    const body = { ...rest.project, ...more };
    scripted.upstream.on('GET', paths.project, { body });
    listed(paths.projects, { projects: [body] });
    const FIELDS = '{ customerReferenceNumber purchaseOrderNumber }';
    expect(
      await ask(`{ project(id: "101/P1") ${FIELDS} projects(accountId: "101") { nodes ${FIELDS} } }`),
    ).toEqual({ data: { project: both, projects: { nodes: [both] } }, errors: [] });
  });

  test.each(['TRACKER-0042', null, undefined])('of a target group: %j', async (number) => {
    const more = { target_group_customer_reference_number: number };
    scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: { ...rest.overview, ...more } });
    listed(paths.targetGroups, { target_groups: [{ ...rest.targetGroup, ...more }] });
    scripted.upstream.on('GET', `${paths.project}/target-groups/T2`, { body: { name: 'Dogs', ...more } });
    const of = { customerReferenceNumber: number ?? null };
    expect(
      await ask(`{ targetGroup(id: "${ids.targetGroup}") { customerReferenceNumber }
        draft: targetGroup(id: "101/P1/T2") { customerReferenceNumber }
        targetGroups(projectId: "101/P1") { nodes { customerReferenceNumber } } }`),
    ).toEqual({ data: { targetGroup: of, draft: of, targetGroups: { nodes: [of] } }, errors: [] });
  });
});

describe('what may be null', () => {
  test('is null, and leaves `hasNextPage` intact', async () => {
    const statistics = { median_length_of_interview_seconds: { value: null, issues: [] } };
    listed(paths.targetGroups, {
      target_groups: [{ ...rest.targetGroup, updated_at: null, statistics }],
    });
    scripted.upstream.on('GET', `${paths.targetGroup}/overview`, {
      body: { ...rest.overview, median_length_of_interview_seconds: null },
    });
    const LENGTH = 'statistics { medianLengthOfInterviewSeconds }';
    expect(
      await ask(`{ targetGroup(id: "${ids.targetGroup}") { ${LENGTH} }
        targetGroups(projectId: "101/P1") { nodes { updatedAt ${LENGTH} } pageInfo { hasNextPage } } }`),
    ).toEqual({
      data: {
        targetGroup: { statistics: { medianLengthOfInterviewSeconds: null } },
        targetGroups: {
          nodes: [{ updatedAt: null, statistics: { medianLengthOfInterviewSeconds: null } }],
          pageInfo: { hasNextPage: false },
        },
      },
      errors: [],
    });
  });
});

test.each(['live', 'Live', 'LIVE'])('a status written %s is LIVE', async (status) => {
  scripted.upstream.on('GET', paths.fieldingRun, { body: { ...rest.fieldingRun, status } });
  scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: { ...rest.overview, status } });
  expect(
    await ask(`{ fieldingRun(id: "${ids.fieldingRun}") { status availableActions targetGroup { status } } }`),
  ).toEqual({
    data: {
      fieldingRun: {
        status: 'LIVE',
        availableActions: ['PAUSE', 'COMPLETE'],
        targetGroup: { status: 'LIVE' },
      },
    },
    errors: [],
  });
});

describe('issues of statistics', () => {
  const reason = { code: '1204', description: 'More people give up than usual.' };
  const suggestions = [{ code: '3107', description: 'Shorten the interview.' }];
  const ISSUES = `{ targetGroups(projectId: "101/P1") { nodes { statistics { conversionRate
    issues { statistic severity code description suggestions { code description } } } } } }`;

  async function issuesOf(statistics: object) {
    listed(paths.targetGroups, { target_groups: [{ ...rest.targetGroup, statistics }] });
    const { data, errors } = await ask(ISSUES);
    const { nodes } = (data as { targetGroups: { nodes: { statistics: object }[] } }).targetGroups;
    return { ...nodes[0]!.statistics, errors };
  }

  test.each([
    ['error', 'ERROR'],
    ['warning', 'WARNING'],
    ['Warning', 'WARNING'],
    ['catastrophe', 'UNKNOWN'],
    [undefined, 'UNKNOWN'],
  ])('of type %j are %s', async (type, severity) => {
    const issues = [{ issue_type: type, reason, suggestions }];
    expect(await issuesOf({ drop_off_rate: { value: 0.4, issues } })).toEqual({
      conversionRate: null,
      issues: [{ statistic: 'DROP_OFF_RATE', severity, ...reason, suggestions }],
      errors: [],
    });
  });

  test('of older versions have their code and description in themselves', async () => {
    expect(await issuesOf({ drop_off_rate: { value: 0.4, issues: [reason] } })).toMatchObject({
      issues: [{ statistic: 'DROP_OFF_RATE', severity: 'UNKNOWN', ...reason, suggestions: [] }],
      errors: [],
    });
  });

  test('are listed metric by metric', async () => {
    const of = (code: string) => ({ issues: [{ issue_type: 'error', reason: { code }, suggestions: [] }] });
    const found = await issuesOf({
      progress: of('1'),
      last_complete_date: of('9'),
      earnings_per_click: of('7'),
      earnings_per_click_per_minute: of('8'),
      average_cost_per_interview: of('6'),
      median_length_of_interview_seconds: of('5'),
      incidence_rate: of('4'),
      drop_off_rate: of('3'),
      conversion_rate: of('2'),
    });
    expect(found.errors).toEqual([]);
    const names = [
      'PROGRESS',
      'CONVERSION_RATE',
      'DROP_OFF_RATE',
      'INCIDENCE_RATE',
      'MEDIAN_LENGTH_OF_INTERVIEW',
      'AVERAGE_COST_PER_INTERVIEW',
      'EARNINGS_PER_CLICK',
      'EARNINGS_PER_CLICK_PER_MINUTE',
      'LAST_COMPLETE',
    ];
    expect(found).toMatchObject({
      issues: names.map((statistic, index) => ({
        statistic,
        severity: 'ERROR',
        code: String(index + 1),
        description: null,
      })),
    });
  });

  test('are empty if there are none', async () => {
    expect(await issuesOf({ conversion_rate: { value: 0.5 } })).toMatchObject({
      conversionRate: 0.5,
      issues: [],
      errors: [],
    });
  });

  test('fail alone if malformed', async () => {
    const sound = { issue_type: 'error', reason, suggestions };
    const found = await issuesOf({
      conversion_rate: { value: 0.5, issues: [sound, 'x', { ...sound, reason: { code: 7 } }] },
      drop_off_rate: { value: 0.5, issues: 'x' },
      incidence_rate: { value: 0.5, issues: [{ ...sound, suggestions: ['x', ...suggestions] }] },
    });
    const issue = { severity: 'ERROR', ...reason };
    expect(found).toMatchObject({
      conversionRate: 0.5,
      issues: [
        { ...issue, statistic: 'CONVERSION_RATE', suggestions },
        null,
        { statistic: 'CONVERSION_RATE', code: null, description: null },
        null,
        { ...issue, statistic: 'INCIDENCE_RATE', suggestions: [null, ...suggestions] },
      ],
    });
    expect(new Set(found.errors.map(({ extensions }) => extensions?.['code']))).toEqual(
      new Set(['UPSTREAM_BAD_RESPONSE']),
    );
    expect(found.errors.map(({ path }) => path?.slice(4).join('.'))).toEqual(
      expect.arrayContaining(['issues.1', 'issues.2.code', 'issues.3', 'issues.4.suggestions.0']),
    );
  });
});
