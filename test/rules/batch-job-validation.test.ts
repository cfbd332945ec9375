import { describe, expect, test } from '@jest/globals';
import { forwardedPrincipal } from '../../src/auth/principal.js';
import { selectionOf } from '../../src/graphql/batch-job/batch-job.validation.js';

const anyone = forwardedPrincipal('Bearer demo');
const project = expect.objectContaining({ accountId: '101', projectId: 'P1' });

function manyIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `101/P1/T${index}`);
}

describe('selectionOf', () => {
  test.each([
    ['one', ['101/P1/T1'], ['T1']],
    ['several, in the order of the input', ['101/P1/T2', '101/P1/T1'], ['T2', 'T1']],
    ['a duplicate', ['101/P1/T1', '101/P1/T2', '101/P1/T1'], ['T1', 'T2']],
    ['the maximum number', manyIds(1000), manyIds(1000).map((id) => id.split('/')[2])],
    ['the maximum number plus a duplicate', [...manyIds(1000), '101/P1/T0'], expect.any(Array)],
  ])('accepts %s', (_what, ids, targetGroupIds) => {
    expect(selectionOf(anyone, ids)).toEqual({ project, targetGroupIds });
  });

  test.each([
    ['none', [], [['targetGroupIds']]],
    ['too many', manyIds(1001), [['targetGroupIds']]],
    ['a malformed id', ['101/P1/T1', 'T2'], [['targetGroupIds', '1']]],
    [
      'every malformed id',
      ['', '101/P1/T1', '101/P1/../T2'],
      [
        ['targetGroupIds', '0'],
        ['targetGroupIds', '2'],
      ],
    ],
    [
      'a malformed id once, however often it is repeated',
      Array<string>(250_000).fill('T2'),
      [['targetGroupIds', '0']],
    ],
    [
      'too many malformed ids',
      Array.from({ length: 100_000 }, (_, index) => `T${index}`),
      [['targetGroupIds']],
    ],
    ['the id of another kind of object', ['101/P1'], [['targetGroupIds', '0']]],
    ['an id of another project', ['101/P1/T1', '101/P2/T1', '101/P1/T2'], [['targetGroupIds', '1']]],
    ['an id of another account', ['101/P1/T1', '102/P1/T1'], [['targetGroupIds', '1']]],
    [
      'every id of another project than the first',
      ['101/P1/T1', '101/P2/T1', '101/P2/T2'],
      [
        ['targetGroupIds', '1'],
        ['targetGroupIds', '2'],
      ],
    ],
  ])('rejects %s', (_what, ids, fields) => {
    expect(selectionOf(anyone, ids)).toMatchObject(
      fields.map((field) => ({ code: 'VALIDATION_FAILED', field })),
    );
  });
});
