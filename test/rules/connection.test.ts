import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toConnection, type RestList } from '../../src/graphql/connection/connection.js';
import type { PageQuery } from '../../src/graphql/connection/page.js';
import { bodies } from '../../src/upstream/resources/validation.js';
import { latin1JsonOf } from '../helpers/latin1.js';

interface Page {
  readonly list: RestList;
  readonly items: readonly { readonly id: string }[];
}

const forward: PageQuery = { page_size: 3 };
const onward: PageQuery = { page_size: 3, start_after: 'z' };
const backward: PageQuery = { page_size: 3, end_before: 'z' };

function pageOf(ids: string, hasMore: boolean, nextCursor?: string | null): Page {
  return { items: Array.from(ids, (id) => ({ id })), list: { has_more: hasMore, next_cursor: nextCursor } };
}

/** A connection as `cursor:node` strings, which is enough to compare it. */
function connect({ list, items }: Page, query: PageQuery) {
  const { edges, nodes, pageInfo } = toConnection(list, items, query, ({ id }) => id.toUpperCase());
  return {
    edges: edges.map((edge) => (edge instanceof Error ? edge.message : `${edge.cursor}:${edge.node}`)),
    nodes,
    pageInfo,
  };
}

describe('the items of a page', () => {
  test.each([
    ['forward', pageOf('abc', false), forward, ['a:A', 'b:B', 'c:C']],
    ['fewer than requested', pageOf('a', false), forward, ['a:A']],
    ['none', pageOf('', false), forward, []],
    ['with `next_cursor`', pageOf('abc', true, 'n'), forward, ['a:A', 'b:B', 'n:C']],
    ['with a null `next_cursor`', pageOf('abc', true, null), forward, ['a:A', 'b:B', 'c:C']],
    ['with an empty `next_cursor`', pageOf('abc', true, ''), forward, ['a:A', 'b:B', 'c:C']],
    [
      'with special characters in `next_cursor`',
      pageOf('abc', true, 'é %'),
      forward,
      ['a:A', 'b:B', 'é %:C'],
    ],
    [
      'with a lone surrogate in `next_cursor`',
      pageOf('abc', true, 'n\ud800'),
      forward,
      ['a:A', 'b:B', 'c:C'],
    ],
    ['more than requested', pageOf('abcde', true, 'n'), forward, ['a:A', 'b:B', 'c:C']],
    ['backward', pageOf('abc', true), backward, ['a:A', 'b:B', 'c:C']],
    ['backward, ignoring `next_cursor`', pageOf('abc', true, 'n'), backward, ['a:A', 'b:B', 'c:C']],
    ['backward, more than requested', pageOf('abcde', false), backward, ['c:C', 'd:D', 'e:E']],
  ])('%s', (_what, page, query, edges) => {
    const connection = connect(page, query);
    expect(connection.edges).toEqual(edges);
    expect(connection.nodes).toEqual(edges.map((edge) => edge.split(':')[1]));
    expect(connection.pageInfo).toMatchObject({
      startCursor: edges[0]?.split(':')[0] ?? null,
      endCursor: edges.at(-1)?.split(':')[0] ?? null,
    });
  });
});

describe('the page info', () => {
  test.each([
    ['of the only page', pageOf('abc', false), forward, false, false],
    ['of the first page', pageOf('abc', true), forward, false, true],
    ['of a page with more items than requested', pageOf('abcd', false), forward, false, true],
    ['of a page in the middle', pageOf('abc', true), onward, true, true],
    ['of the last page', pageOf('a', false), onward, true, false],
    ['of an empty page after the last', pageOf('', false), onward, true, false],
    ['of an empty page that repeats its cursor', pageOf('', false, 'z'), onward, true, false],
    ['of a last page that repeats its cursor', pageOf('a', false, 'z'), onward, true, false],
    ['of a page in the middle, backward', pageOf('abc', true), backward, true, true],
    ['of the first page, backward', pageOf('abc', false), backward, false, true],
    ['of a page with more items than requested, backward', pageOf('abcd', false), backward, true, true],
  ])('%s', (_what, page, query, hasPreviousPage, hasNextPage) => {
    expect(connect(page, query).pageInfo).toMatchObject({ hasPreviousPage, hasNextPage });
  });
});

test('a repeated cursor is no cursor of a last page, and an error of any other one', () => {
  expect(connect(pageOf('', false, 'z'), onward).pageInfo).toMatchObject({
    startCursor: null,
    endCursor: null,
  });
  expect(connect(pageOf('ab', false, 'z'), onward).edges).toEqual(['a:A', 'b:B']);
  for (const ids of ['', 'ab']) {
    expect(() => connect(pageOf(ids, true, 'z'), onward)).toThrow('leads back to the cursor');
  }
});

describe('a malformed item', () => {
  const message = expect.stringMatching(
    /^The response of the Demand API has a missing or invalid `target_groups/,
  );
  const pageWith = (last: unknown, more: object = {}): Page => {
    const items = [{ id: 'a', name: 'A', status: 'live' }, { id: 'b', name: 'B', status: 'live' }, last];
    const list = bodies.targetGroupList(latin1JsonOf({ target_groups: items, has_more: true, ...more }));
    return { list, items: list.target_groups };
  };
  const broken = [
    ['without an id', { name: 'C', status: 'live' }],
    ['with an id of the wrong type', { id: 5, name: 'C', status: 'live' }],
    ['that is null', null],
    ['that is a string', 'c'],
    ['that is a list', []],
  ] as const;

  test.each(broken)('%s becomes an error without affecting its siblings', (_what, item) => {
    const connection = connect(pageWith(item), forward);
    expect(connection.edges).toEqual(['a:A', 'b:B', message]);
    expect(connection.nodes).toEqual(['A', 'B', expect.any(Error)]);
    expect(connection.pageInfo).toMatchObject({ startCursor: 'a', endCursor: 'b', hasNextPage: true });
  });

  test.each(broken)('%s does not block the next page', (_what, item) => {
    const { pageInfo } = connect(pageWith(item, { next_cursor: 'n' }), forward);
    expect(pageInfo).toMatchObject({ hasNextPage: true, endCursor: 'n' });
  });

  test('is not read if the page does not include it', () => {
    expect(connect(pageWith(null), { page_size: 2 }).edges).toEqual(['a:A', 'b:B']);
  });
});

describe('a list with malformed properties besides its items', () => {
  const items = [{ id: 'a', name: 'A', status: 'live' }];

  test.each([
    ['no `has_more`', {}],
    ['a `has_more` of the wrong type', { has_more: 'yes' }],
  ])('%s fails only the page info', (_what, properties) => {
    const list = bodies.targetGroupList(latin1JsonOf({ target_groups: items, ...properties }));
    const connection = toConnection(list, list.target_groups, forward, ({ name }) => name);
    expect(connection).toMatchObject({ nodes: ['A'], edges: [{ cursor: 'a', node: 'A' }] });
    expect(() => connection.pageInfo).toThrow('`has_more`');
  });

  test('a `next_cursor` of the wrong type fails only the cursors, and no node', () => {
    const list = bodies.targetGroupList(
      latin1JsonOf({ target_groups: items, has_more: true, next_cursor: 7 }),
    );
    const connection = toConnection(list, list.target_groups, forward, ({ name }) => name);
    expect(connection).toMatchObject({ nodes: ['A'], edges: [expect.any(Error)] });
    expect(() => connection.pageInfo).toThrow('`next_cursor`');
  });
});

test('a page never has more items than requested, and its cursors are those of its first and last edge', () => {
  const page = fc.record({
    items: fc
      .uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1 })
      .map((ids) => ids.map((id) => ({ id }))),
    list: fc.record({ has_more: fc.boolean(), next_cursor: fc.option(fc.stringMatching(/^[A-Z]{1,4}$/)) }),
  });
  fc.assert(
    fc.property(page, fc.integer({ min: 1, max: 5 }), fc.boolean(), (rest, size, goesBackward) => {
      const query = goesBackward ? { page_size: size, end_before: '0' } : { page_size: size };
      const { edges, pageInfo } = connect(rest, query);
      const cursors = edges.map((edge) => edge.split(':')[0]);
      expect(edges.length).toBe(Math.min(size, rest.items.length));
      expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
        cursors[0] ?? null,
        cursors.at(-1) ?? null,
      ]);
    }),
  );
});
