import { toConnection } from '../../../src/graphql/connection/connection.js';
import type { PageQuery } from '../../../src/graphql/connection/page.js';
import { project } from './demand.js';
import { failureOf, useGatewayFixture } from './gateway-fixture.js';

const LEADS_BACK = 'The Demand API returned a page that leads back to the cursor it was requested with.';

describe('a page', () => {
  const after: PageQuery = { page_size: 3, start_after: 'c' };
  const before: PageQuery = { page_size: 3, end_before: 'c' };

  const connect = (ids: string, query: PageQuery, nextCursor?: string) =>
    toConnection(
      { has_more: true, next_cursor: nextCursor },
      Array.from(ids, (id) => ({ id })),
      query,
      ({ id }) => id,
    );

  it.each([
    ['starts at the item it was to start after', 'cde', after, undefined],
    ['starts over', 'abc', after, undefined],
    ['holds that item past what was asked for', 'defc', after, undefined],
    ['goes on from the cursor it was asked with', 'def', after, 'c'],
    ['is empty, with the requested cursor as the next one', '', after, 'c'],
    ['ends with the item it was to end before', 'abc', before, undefined],
    ['goes back over that item', 'bcd', before, undefined],
  ])('that %s is rejected', (_what, ids, query, nextCursor) => {
    expect(() => connect(ids, query, nextCursor)).toThrow(LEADS_BACK);
  });

  it.each([
    ['forward', after],
    ['backward', before],
  ])('that is empty and has a successor but no cursor counts as the last: %s', (_way, query) => {
    const connection = connect('', query);
    expect(connection.nodes).toEqual([]);
    expect(() => connection.pageInfo).toThrow('more items, but returned no cursor');
  });

  it.each([
    ['the first one', 'abc', { page_size: 3 }, 'c'],
    ['the next one', 'def', after, 'f'],
    ['the next one, without a cursor', 'def', after, undefined],
    ['the previous one', 'ab', before, undefined],
    ['the previous one, with a forward cursor', 'ab', before, 'c'],
  ])('that is %s is accepted', (_what, ids, query, nextCursor) => {
    expect(connect(ids, query, nextCursor).nodes).toEqual(Array.from(ids));
  });
});

describe('a list whose cursors form a cycle', () => {
  const fixture = useGatewayFixture();
  const path = `${project.path}/target-groups`;
  const item = (id: string) => ({ id, name: id, status: 'live' });

  it.each([
    ['after', { target_groups: [item('T1'), item('T2')], has_more: true }],
    ['after', { target_groups: [item('T3')], has_more: true, next_cursor: 'T2' }],
    ['before', { target_groups: [item('T1'), item('T2')], has_more: true }],
  ])('is UPSTREAM_BAD_RESPONSE, with `%s`: %j', async (argument, body) => {
    fixture.api.on('GET', path, { body });
    const answer = await fixture.execute(
      `{ targetGroups(projectId: "${project.id}", ${argument}: "T2") { nodes { id } pageInfo { endCursor } } }`,
    );
    expect(failureOf(answer)).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false });
    expect(answer.data).toEqual({ targetGroups: null });
    expect(fixture.sent(`GET ${path}`)).toHaveLength(1);
  });

  it('is not reported for a malformed item, which fails alone', async () => {
    fixture.api.on('GET', path, { body: { target_groups: [null, item('T3')], has_more: true } });
    const answer = await fixture.execute(
      `{ targetGroups(projectId: "${project.id}", after: "T2") { nodes { targetGroupId } } }`,
    );
    expect(failureOf(answer)).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
    expect(answer.data).toEqual({ targetGroups: { nodes: [null, { targetGroupId: 'T3' }] } });
  });
});
