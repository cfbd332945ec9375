import { describe, expect, test } from '@jest/globals';
import * as readers from '../../src/contract/response-readers.js';
import { readJson, type JsonReader } from '../../src/lib/json/read-json.js';
import { bodies } from '../../src/upstream/resources/validation.js';
import { latin1JsonOf, latin1Of } from '../helpers/latin1.js';

const USER = 'b551326b-ac9d-4d32-8823-4f025787dab9';
const AT = '2026-01-01T23:00:00.000Z';
const usd = (value: string) => ({ value, currency_code: 'USD' });
const project = { id: 'P1', human_readable_id: 'FT354J', account_id: 101, name: 'Pets' };
const progress = {
  current_completes: 1,
  current_prescreens: 2,
  filling_goal: 3,
  filling_strategy: 'automated',
};
const item = { id: 'T1', name: 'Dog owners', locale: 'eng_us', status: 'live', created_at: AT };
const run = {
  id: 'R1',
  last_changed_at: AT,
  last_changed_by: USER,
  start_fielding_at: AT,
  end_fielding_at: AT,
};
const issue = {
  reason: { code: '2131', description: 'Outside of the normal range.' },
  issue_type: 'warning',
  suggestions: [{ code: '1', description: 'Lower the quota.' }],
};
const job = (names: object, createdBy: object) => ({
  job_id: 'J1',
  created_at: AT,
  ...createdBy,
  status: 'Completed',
  updated_target_groups: { data: [{ target_group_id: 'T1', ...names }], has_more: false },
  failed_target_groups: {
    data: [{ target_group_id: 'T2', ...names, failure_reason: { code: 'TargetGroupNotFound' } }],
    has_more: false,
  },
});

/** The same resource in the shape of each version. */
const SHAPES: readonly (readonly [
  reader: keyof typeof readers,
  read: (latin1: string) => unknown,
  newest: object,
  older: object,
])[] = [
  [
    'readTargetGroupList',
    bodies.targetGroupList,
    {
      url: '/target-groups',
      has_more: false,
      next_cursor: null,
      target_groups: [
        {
          ...item,
          updated_at: null,
          statistics: {
            progress: { value: progress, issues: [issue, { issue_type: 'error', suggestions: [] }] },
            earnings_per_click: { value: usd('2.7352'), issues: [] },
            earnings_per_click_per_minute: { value: { ...usd('0.1'), currency_scale: 2 }, issues: [issue] },
            average_cost_per_interview: { value: { value: '3' }, issues: [] },
            median_length_of_interview_seconds: { value: null, issues: [] },
          },
          target_group_customer_reference_number: null,
        },
      ],
    },
    {
      target_groups: [
        {
          ...item,
          statistics: {
            progress: { value: { ...progress, filling_strategy: 'even' }, issues: [] },
            earnings_per_click: { value: 2.7352, issues: [{ code: '2131', description: 'Too low.' }] },
            average_cost_per_interview: { issues: [] },
            median_length_of_interview_seconds: { value: 600.5 },
          },
        },
      ],
      has_more: false,
    },
  ],
  [
    'readTargetGroupOverview',
    bodies.targetGroupOverview,
    {
      target_group_name: 'Dog owners',
      project_manager_id: USER,
      progress,
      current_cost_per_interview: usd('3.10'),
      current_cost: usd('3.10'),
      status: 'live',
      median_length_of_interview_seconds: null,
      created_at: AT,
    },
    {
      target_group_name: 'Dog owners',
      progress,
      average_cost_per_interview: 3.1,
      status: 'Live',
      median_length_of_interview_seconds: 600.5,
      earnings_per_click: 0.25,
    },
  ],
  [
    'readFieldingRun',
    bodies.fieldingRun,
    { ...run, status: 'live', version: 5 },
    { ...run, status: 'Live', version: 5, account_id: '101', project_id: 'P1', target_group_id: 'T1' },
  ],
  [
    'readProject',
    bodies.project,
    { ...project, project_manager_id: USER, project_customer_reference_number: 'RF-4567' },
    { ...project, purchase_order_number: 'RF-4567' },
  ],
  [
    'readProjectOverview',
    bodies.projectOverview,
    { ...project, status: 'active', project_manager_id: USER, created_at: AT },
    { ...project, status: 'active', purchase_order_number: 'RF-4567' },
  ],
  [
    'readBatchJob',
    bodies.batchJob,
    job({}, { created_by: USER }),
    job({ target_group_name: 'Dog owners' }, {}),
  ],
  [
    'readFieldingRunJob',
    bodies.fieldingRunJob,
    {
      job_id: 'J1',
      created_fielding_run_id: null,
      created_at: AT,
      created_by: USER,
      status: 'Failed',
      failure_reason: {
        code: 'InvalidFieldingDates',
        description: 'In the past.',
        reasons: [{ name: 'end' }],
      },
      job_trace_id: null,
    },
    { job_id: 'J1', status: 'Processing' },
  ],
];

describe.each(SHAPES)('%s', (name, read, newest, older) => {
  const inOneGo = readers[name] as JsonReader<unknown>;

  test.each([
    ['newest', newest],
    ['an older', older],
  ])('reads the body of %s version in one pass, and the same with the parser', (_version, body) => {
    expect(readJson(latin1JsonOf(body), inOneGo)).toEqual(body);
    expect(read(latin1Of(`\ufeff${JSON.stringify(body)}`))).toEqual(body);
  });

  test('skips undocumented properties', () => {
    const body = latin1JsonOf({ unheard: { of: [1, { a: null }] }, ...newest, too: usd('1') });
    expect(readJson(body, inOneGo)).toEqual(newest);
  });
});

test('an entry of the changelog keeps values of any kind', () => {
  const changelog = [
    {
      id: 'E1',
      occurred_at: AT,
      user: { type: 'las_user', las_user_id: USER },
      changes: [
        { object: 'name_change', new_value: 'Typo é', old_value: 'Tpyo' },
        { object: 'cpi_change', new_value: usd('1'), old_value: null },
        { object: 'filling_goal_change', new_value: 750, old_value: 500 },
        { object: 'quota_overlay_assisted_change', new_value: true, old_value: false },
        { object: 'status_change', new_value: 'paused', old_value: 'live', reason_code: 'low_epc' },
      ],
    },
    { id: 'E2', occurred_at: AT, user: { type: 'system_user' }, changes: [] },
  ];
  const body = { changelog, next_cursor: '' };
  expect(readJson(latin1JsonOf(body), readers.readTargetGroupChangelog)).toEqual(body);
});

describe('money in neither form', () => {
  test.each([5.5, '5.5', [], true])('%j in its value fails alone', (value) => {
    const money = { value, currency_code: 'USD' };
    const read = bodies.targetGroupOverview(
      latin1JsonOf({
        target_group_name: 'T',
        status: 'live',
        current_cost: usd('1'),
        average_cost_per_interview: money,
      }),
    );
    expect(read.target_group_name).toBe('T');
    expect(read.current_cost).toEqual(usd('1'));
    const amount = () => (read.average_cost_per_interview as { value?: string }).value;
    if (typeof value === 'string') expect(amount()).toBe('5.5');
    else expect(amount).toThrow('average_cost_per_interview.value');
  });

  test('fails as a whole if it is text', () => {
    const read = bodies.targetGroupOverview(
      latin1JsonOf({ target_group_name: 'T', status: 'live', current_cost: '5.5' }),
    );
    expect(() => read.current_cost).toThrow('current_cost');
    expect(read.status).toBe('live');
  });
});
