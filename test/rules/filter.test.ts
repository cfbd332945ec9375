import { describe, expect, test } from '@jest/globals';
import { TargetGroupStatus as RestTargetGroupStatus } from '../../src/contract/demand-api.js';
import { BadUserInputError } from '../../src/errors.js';
import { anyText, filterText, filterValues, matching } from '../../src/graphql/filter.js';
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

  test('refuses one that is too long', () => {
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
  ])('refuses %j', (values, problem) => {
    expect(() => read(values)).toThrow(BadUserInputError);
    expect(() => read(values)).toThrow(problem);
  });

  test('checks each value as a text where nothing else is known of it', () => {
    expect(() => filterValues('ids', ['a', ''], 'filter.ids', anyText)).toThrow('`filter.ids.1`');
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
  ])('%j is %s', (value, expected) => {
    expect(fromRestEnum(TargetGroupStatus, value)).toBe(expected);
  });
});

describe('toRestEnum', () => {
  const toRest = toRestEnum(RestTargetGroupStatus);
  const known = Object.values(TargetGroupStatus).filter((status) => status !== TargetGroupStatus.UNKNOWN);

  test.each(known)('%s is written as REST does, and read back', (status) => {
    const written = toRest(status, 'filter.status.0');
    expect(written).toBe(status.toLowerCase());
    expect(fromRestEnum(TargetGroupStatus, written)).toBe(status);
  });

  test('refuses what REST cannot be asked for', () => {
    expect(() => toRest(TargetGroupStatus.UNKNOWN, 'filter.status.2')).toThrow(BadUserInputError);
    expect(() => toRest(TargetGroupStatus.UNKNOWN, 'filter.status.2')).toThrow(
      'Argument `filter.status.2` cannot be `UNKNOWN`.',
    );
  });
});
