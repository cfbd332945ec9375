import { describe, expect, test } from '@jest/globals';
import { TargetGroupStatus as RestTargetGroupStatus } from '../../src/contract/demand-api.js';
import { BadUserInputError } from '../../src/errors.js';
import {
  anyText,
  filterFlag,
  filterText,
  filterValues,
  matching,
  ofLength,
  userId,
} from '../../src/graphql/filter.js';
import { fromRestEnum, toRestEnum } from '../../src/graphql/rest-enum.js';
import { TargetGroupStatus } from '../../src/graphql/target-group/target-group.enum.js';

describe('filterText', () => {
  test.each([
    [undefined, {}],
    [null, {}],
    ['', {}],
    ['x', { search_string: 'x' }],
    [' a & b ', { search_string: ' a & b ' }],
    ['x'.repeat(500), { search_string: 'x'.repeat(500) }],
  ])('%j', (text, query) => {
    expect(filterText('search_string', text, 'filter.search')).toEqual(query);
  });

  test('rejects a text that is too long', () => {
    const read = () => filterText('search_string', 'x'.repeat(501), 'filter.search');
    expect(read).toThrow(BadUserInputError);
    expect(read).toThrow('`filter.search` must have 1 to 500 characters');
  });
});

describe('filterValues', () => {
  const country = matching(/^[A-Za-z]{2}$/, 'a country');
  const read = (values: readonly string[] | null | undefined) =>
    filterValues('country', values, 'filter.country', country);

  test.each([
    [undefined, {}],
    [null, {}],
    [[], {}],
    [['US'], { country: ['US'] }],
    [['US', 'de'], { country: ['US', 'de'] }],
    [Array<string>(100).fill('US'), { country: Array<string>(100).fill('US') }],
  ])('%j', (values, query) => {
    expect(read(values)).toEqual(query);
  });

  test.each([
    [Array<string>(101).fill('US'), '`filter.country` must have at most 100 values'],
    [['US', 'USA'], '`filter.country.1` must be a country'],
    [[''], '`filter.country.0` must be a country'],
    [['U\n'], '`filter.country.0` must be a country'],
  ])('rejects %j', (values, problem) => {
    expect(() => read(values)).toThrow(BadUserInputError);
    expect(() => read(values)).toThrow(problem);
  });

  test('checks values as plain text by default', () => {
    expect(() => filterValues('ids', ['a', ''], 'filter.ids', anyText)).toThrow('`filter.ids.1`');
  });
});

test.each([
  [undefined, {}],
  [null, {}],
  [true, { exclusion_status: true }],
  [false, { exclusion_status: false }],
])('filterFlag: %j', (flag, query) => {
  expect(filterFlag('exclusion_status', flag)).toEqual(query);
});

describe('ofLength', () => {
  const search = ofLength(5, 128);

  test.each(['abcde', '     ', 'x'.repeat(128), '🐕'.repeat(5), '🐕'.repeat(128)])('takes %j', (text) => {
    expect(search(text, 'filter.search')).toBe(text);
  });

  test.each(['abcd', '🐕🐕', 'x'.repeat(129), '🐕'.repeat(129), 'x'.repeat(100_000)])(
    'rejects %j',
    (text) => {
      expect(() => search(text, 'filter.search')).toThrow(BadUserInputError);
      expect(() => search(text, 'filter.search')).toThrow(
        'Argument `filter.search` must have 5 to 128 characters.',
      );
    },
  );

  test('can require an exact length', () => {
    const id = ofLength(7);
    expect(id('9NRV3B9', 'filter.ids.0')).toBe('9NRV3B9');
    expect(() => id('9NRV3B', 'filter.ids.0')).toThrow('Argument `filter.ids.0` must have 7 characters.');
  });
});

describe('userId', () => {
  test.each(['3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01', '3B0F6F1E-5A0C-4F0E-9A53-0D5E6D1C7A01'])(
    'converts %s to lower case',
    (id) => {
      expect(userId(id, 'filter.projectManagerId')).toBe('3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01');
    },
  );

  test.each([
    'M1',
    '3b0f6f1e5a0c4f0e9a530d5e6d1c7a01',
    '{3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01}',
    '3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01\n',
    '3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a0g',
  ])('rejects %j', (id) => {
    expect(() => userId(id, 'filter.projectManagerId')).toThrow(
      'Argument `filter.projectManagerId` must be the raw id of a person: a UUID',
    );
  });
});

describe('fromRestEnum', () => {
  test.each([
    ['live', 'LIVE'],
    ['Live', 'LIVE'],
    ['LIVE', 'LIVE'],
    ['archived', 'ARCHIVED'],
    ['unknown', 'UNKNOWN'],
    ['hibernating', 'UNKNOWN'],
    ['', 'UNKNOWN'],
    [' live', 'UNKNOWN'],
    ['constructor', 'UNKNOWN'],
    ['__proto__', 'UNKNOWN'],
  ])('converts %j to %s', (value, expected) => {
    expect(fromRestEnum(TargetGroupStatus, value)).toBe(expected);
  });
});

describe('toRestEnum', () => {
  const toRest = toRestEnum(RestTargetGroupStatus);
  const known = Object.values(TargetGroupStatus).filter((status) => status !== TargetGroupStatus.UNKNOWN);

  test.each(known)('converts %s to REST and back', (status) => {
    const written = toRest(status, 'filter.status.0');
    expect(written).toBe(status.toLowerCase());
    expect(fromRestEnum(TargetGroupStatus, written)).toBe(status);
  });

  test('rejects UNKNOWN', () => {
    expect(() => toRest(TargetGroupStatus.UNKNOWN, 'filter.status.2')).toThrow(BadUserInputError);
    expect(() => toRest(TargetGroupStatus.UNKNOWN, 'filter.status.2')).toThrow(
      'Argument `filter.status.2` must not be `UNKNOWN`.',
    );
  });
});
