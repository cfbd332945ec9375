import { describe, expect, test } from '@jest/globals';
import { selectionOf } from '../../src/graphql/batch-job/batch-job.validation.js';

const project = expect.objectContaining({ accountId: '101', projectId: 'P1' });

function manyIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `101/P1/T${index}`);
}

describe('selectionOf', () => {
  test.each([
    ['one', ['101/P1/T1'], ['T1']],
    ['several, in their order', ['101/P1/T2', '101/P1/T1'], ['T2', 'T1']],
    ['one that is named twice', ['101/P1/T1', '101/P1/T2', '101/P1/T1'], ['T1', 'T2']],
    ['as many as may be', manyIds(1000), manyIds(1000).map((id) => id.split('/')[2])],
    ['as many as may be, and some of them twice', [...manyIds(1000), '101/P1/T0'], expect.any(Array)],
  ])('takes %s', (_what, ids, targetGroupIds) => {
    expect(selectionOf(ids)).toEqual({ project, targetGroupIds });
  });

  test.each([
    ['none', [], [['targetGroupIds']]],
    ['too many', manyIds(1001), [['targetGroupIds']]],
    ['a malformed one', ['101/P1/T1', 'T2'], [['targetGroupIds', '1']]],
    [
      'every malformed one',
      ['', '101/P1/T1', '101/P1/../T2'],
      [
        ['targetGroupIds', '0'],
        ['targetGroupIds', '2'],
      ],
    ],
    [
      'a malformed one that comes again and again',
      Array<string>(250_000).fill('T2'),
      [['targetGroupIds', '0']],
    ],
    [
      'too many malformed ones',
      Array.from({ length: 100_000 }, (_, index) => `T${index}`),
      [['targetGroupIds']],
    ],
    ['the id of something else', ['101/P1'], [['targetGroupIds', '0']]],
    ['one of another project', ['101/P1/T1', '101/P2/T1', '101/P1/T2'], [['targetGroupIds', '1']]],
    ['one of another account', ['101/P1/T1', '102/P1/T1'], [['targetGroupIds', '1']]],
    [
      'every one of another project than the first',
      ['101/P1/T1', '101/P2/T1', '101/P2/T2'],
      [
        ['targetGroupIds', '1'],
        ['targetGroupIds', '2'],
      ],
    ],
  ])('refuses %s', (_what, ids, fields) => {
    expect(selectionOf(ids)).toMatchObject(fields.map((field) => ({ code: 'VALIDATION_FAILED', field })));
  });
});
