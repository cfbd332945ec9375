import { describe, expect, test } from '@jest/globals';
import { withInputNames, inputPath } from '../../src/graphql/errors/input-path.js';

const fields = {
  start_fielding_at: ['startAt'],
  target_group_ids: ['targetGroupIds'],
  if_match: ['version'],
};

describe('inputPath', () => {
  const pathOf = inputPath(fields);

  test.each([
    ['start_fielding_at', ['startAt']],
    ['startFieldingAt', ['startAt']],
    ['/start_fielding_at', ['startAt']],
    ['body.start_fielding_at', ['startAt']],
    ['$.start_fielding_at', ['startAt']],
    ['#/start_fielding_at', ['startAt']],
    ['If-Match', ['version']],
    ['if-match', ['version']],
    ['header.If-Match', ['version']],
    ['target_group_ids', ['targetGroupIds']],
    ['target_group_ids[3]', ['targetGroupIds', '3']],
    ['target_group_ids.3', ['targetGroupIds', '3']],
    ['/target_group_ids/3', ['targetGroupIds', '3']],
    ['#/target_group_ids/3', ['targetGroupIds', '3']],
    ['body.target_group_ids[3]', ['targetGroupIds', '3']],
    ['/body/target_group_ids/0', ['targetGroupIds', '0']],
    ['target_group_ids[]', ['targetGroupIds']],
    ['target_group_ids.first', ['targetGroupIds']],
    ['target_group_ids[99999999999999999999]', ['targetGroupIds']],
  ])('maps %s to %j', (name, path) => {
    expect(pathOf(name)).toEqual(path);
  });

  test.each(['', 'page_size', 'constructor', '__proto__', '3', '/', 'start_fielding_at_all'])(
    'maps %j to null',
    (name) => {
      expect(pathOf(name)).toBeNull();
    },
  );

  test('maps the index of an item to its index in the input', () => {
    const shifted = inputPath(fields, (index) => (index > 1 ? undefined : index + 4));
    expect(shifted('target_group_ids[1]')).toEqual(['targetGroupIds', '5']);
    expect(shifted('target_group_ids[2]')).toEqual(['targetGroupIds']);
  });
});

test.each([
  ['must be after start_fielding_at', 'must be after `startAt`'],
  ['must be after `start_fielding_at`.', 'must be after `startAt`.'],
  ['is not one of target_group_ids', 'is not one of `targetGroupIds`'],
  ['must fit page_size', 'must fit page_size'],
  ['is empty', 'is empty'],
])('withInputNames translates %j to %j', (text, words) => {
  expect(withInputNames(text, inputPath(fields))).toBe(words);
});
