import { changeValues } from '../../src/graphql/changelog/changelog.values.js';

const usd = (value: string) => ({ value, currency_code: 'USD', currency_scale: 2 });

test.each<[string, unknown, unknown, [string, string | null, string | null]]>([
  ['name_change', 'Cats', 'Dogs', ['TEXT', 'Cats', 'Dogs']],
  ['name_change', '2026-01-01', '', ['TEXT', '2026-01-01', '']],
  ['status_change', 'paused', 'live', ['TEXT', 'paused', 'live']],
  ['test_url_change', null, 'https://x.test', ['TEXT', null, 'https://x.test']],
  ['live_url_change', 'https://x.test', undefined, ['TEXT', 'https://x.test', null]],
  ['filling_goal_change', 0, 400, ['NUMBER', '0', '400']],
  ['expected_incidence_rate_change', 0.25, 1, ['NUMBER', '0.25', '1']],
  ['collects_pii_change', false, true, ['BOOLEAN', 'false', 'true']],
  ['soft_launch_end_date_change', null, null, ['NONE', null, null]],
  ['some_new_change', undefined, undefined, ['NONE', null, null]],
  [
    'fielding_period_end_date_change',
    '2026-01-01 09:00:00',
    '2026-02-01T10:00:00+01:00',
    ['DATE_TIME', '2026-01-01T09:00:00.000Z', '2026-02-01T09:00:00.000Z'],
  ],
  ['fielding_period_end_date_change', 'soon', null, ['TEXT', 'soon', null]],
  [
    'fielding_period_end_date_change',
    'soon',
    '2026-02-01T09:00:00Z',
    ['JSON', '"soon"', '"2026-02-01T09:00:00Z"'],
  ],
  ['pacing_linear_increment_interval_change', 'PT12H', 'P1D', ['DURATION', 'PT12H', 'P1D']],
  ['cpi_change', usd('2.50'), usd('2.7352'), ['MONEY', '2.50 USD', '2.7352 USD']],
  ['cpi_change', { value: '2.50' }, usd('0'), ['MONEY', '2.50', '0 USD']],
  [
    'user_requested_cpi_change',
    { value: 10, currency_code: 'USD', currency_scale: 2 },
    usd('9.50'),
    ['MONEY', '10 USD', '9.50 USD'],
  ],
  ['some_new_change', 1e21, 1e-7, ['NUMBER', '1000000000000000000000', '0.0000001']],
  ['cpi_change', 2.5, 3, ['NUMBER', '2.5', '3']],
  ['cpi_change', 2.5, usd('3'), ['JSON', '2.5', '{"value":"3","currency_code":"USD","currency_scale":2}']],
  ['cpi_change', {}, { currency_code: 'USD' }, ['JSON', '{}', '{"currency_code":"USD"}']],
  ['project_manager_change', { las_user_id: 'M1' }, { las_user_id: 'M2' }, ['PERSON', 'M1', 'M2']],
  ['project_manager_change', { las_user_id: null }, { las_user_id: 'M2' }, ['PERSON', null, 'M2']],
  ['project_manager_change', { las_user_id: 7 }, null, ['JSON', '{"las_user_id":7}', null]],
  ['some_new_change', ['a', 1], { b: null }, ['JSON', '["a",1]', '{"b":null}']],
  ['some_new_change', 'a', 1, ['JSON', '"a"', '1']],
])('%s from %j to %j', (object, old_value, new_value, [kind, oldValue, newValue]) => {
  expect(changeValues({ object, old_value, new_value })).toEqual({ kind, oldValue, newValue });
});

test.each([undefined, null])('a change without a name (%s) has its values', (object) => {
  expect(changeValues({ ...(object === null && { object }), new_value: '2026-01-01' })).toEqual({
    kind: 'TEXT',
    oldValue: null,
    newValue: '2026-01-01',
  });
});
