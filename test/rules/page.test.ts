import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BadUserInputError } from '../../src/errors.js';
import { pageQuery } from '../../src/graphql/connection/page.js';
import { codePoint } from '../lib/http1/code-point.js';

describe('pageQuery', () => {
  test.each([
    [{}, { page_size: 10 }],
    [{ first: null, after: null, last: null, before: null }, { page_size: 10 }],
    [{ first: 1 }, { page_size: 1 }],
    [{ first: 100 }, { page_size: 100 }],
    [{ after: 'c' }, { page_size: 10, start_after: 'c' }],
    [
      { first: 5, after: 'c', last: null },
      { page_size: 5, start_after: 'c' },
    ],
    [{ before: 'c' }, { page_size: 10, end_before: 'c' }],
    [
      { last: 5, before: 'c' },
      { page_size: 5, end_before: 'c' },
    ],
    [{ after: 'a/b+c==&x=1' }, { page_size: 10, start_after: 'a/b+c==&x=1' }],
    [{ after: 'a b\n%20é日😀\u0000' }, { page_size: 10, start_after: 'a b\n%20é日😀\u0000' }],
    [{ after: 'x'.repeat(10_000) }, { page_size: 10, start_after: 'x'.repeat(10_000) }],
    [{ after: '' }, { page_size: 10 }],
    [{ before: '' }, { page_size: 10 }],
    [{ first: 5, after: '', last: null, before: '' }, { page_size: 5 }],
    [
      { first: 5, after: 'c', before: '' },
      { page_size: 5, start_after: 'c' },
    ],
    [
      { after: '', last: 5, before: 'c' },
      { page_size: 5, end_before: 'c' },
    ],
  ])('converts %j to %j', (args, query) => {
    expect(pageQuery(args)).toEqual(query);
  });

  test.each([
    [{ first: 0 }, '`first`'],
    [{ first: -1 }, '`first`'],
    [{ first: 101 }, '`first`'],
    [{ last: 0, before: 'c' }, '`last`'],
    [{ last: 101, before: 'c' }, '`last`'],
    [{ last: 5 }, '`before`'],
    [{ first: 5, last: 5 }, '`first`'],
    [{ first: 5, before: 'c' }, '`first`'],
    [{ after: 'c', before: 'd' }, '`after`'],
    [{ after: 'c', last: 5 }, '`after`'],
    [{ last: 5, before: '' }, '`before`'],
    [{ first: 0, after: '' }, '`first`'],
    [{ after: 'x'.repeat(12_289) }, '`after`'],
    [{ after: 'é'.repeat(3_000) }, '`after`'],
    [{ after: 'a\ud800' }, '`after`'],
    [{ before: '\udc00\ud800' }, '`before`'],
  ])('rejects %j, naming %s', (args, name) => {
    expect(() => pageQuery(args)).toThrow(BadUserInputError);
    expect(() => pageQuery(args)).toThrow(name);
  });

  test('accepts a cursor of 12 kB in the query string, and no more', () => {
    const longest = 'a'.repeat(12 * 1024 - '?start_after='.length);
    expect(pageQuery({ after: longest }).start_after).toBe(longest);
    expect(() => pageQuery({ after: `${longest}a` })).toThrow(BadUserInputError);
    // Percent-encoding takes three bytes.
    expect(() => pageQuery({ after: `${longest.slice(1)}/` })).toThrow(BadUserInputError);
  });

  test('passes on any cursor that the API could return', () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint, minLength: 1, maxLength: 600 }), (cursor) => {
        expect(pageQuery({ after: cursor }).start_after).toBe(cursor);
        expect(pageQuery({ before: cursor }).end_before).toBe(cursor);
      }),
    );
  });
});
