import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import {
  ChangelogDocument,
  PauseFieldingRunDocument,
  ResumeFieldingRunDocument,
  type ChangelogQuery,
  type ChangelogQueryVariables,
} from '../generated/documents.js';
import { demoPaths, readApi } from '../helpers/emulator.js';
import { dataOf, expectBadUserInput, ids, useStack } from './stack.js';

const stack = useStack();
const id = ids.targetGroup(demo.live);
const path = `${demoPaths.targetGroup(demo.live)}/changelog`;

type Page = NonNullable<NonNullable<ChangelogQuery['targetGroup']>['changelog']>;

async function readPage(variables: Partial<ChangelogQueryVariables> = {}): Promise<Page> {
  return dataOf(await stack.execute(ChangelogDocument, { id, ...variables })).targetGroup!.changelog!;
}

/** All entries, newest first, after some changes were made; read directly from the REST API. */
async function someHistory(): Promise<readonly rest.TargetGroupChangelogEntry[]> {
  for (const version of [5, 7, 9]) {
    const input = { id: ids.run(demo.live), version: String(version) };
    dataOf(await stack.execute(PauseFieldingRunDocument, { input }));
    dataOf(
      await stack.execute(ResumeFieldingRunDocument, { input: { ...input, version: String(version + 1) } }),
    );
  }
  const { changelog = [] } = await readApi<rest.TargetGroupChangelog>(stack.emulator, path);
  await stack.forgetCalls();
  return changelog;
}

test('shows the author of each change, newest first', async () => {
  const [last] = await someHistory();
  const { nodes } = await readPage();
  expect(nodes[0]).toEqual({
    entryId: last!.id,
    occurredAt: last!.occurred_at,
    actor: {
      kind: 'PERSON',
      userId: expect.stringMatching(/^[\da-f-]{36}$/),
      user: { id: nodes[0]?.actor?.userId, name: expect.any(String), email: expect.any(String) },
    },
    changes: [
      {
        kind: 'status_change',
        oldValue: 'paused',
        newValue: 'live',
        valueKind: 'TEXT',
        reasonCode: null,
        supplierId: null,
      },
    ],
  });
  const changes = nodes.flatMap((entry) => entry?.changes ?? []);
  expect(changes).toContainEqual(
    expect.objectContaining({ kind: 'filling_goal_change', valueKind: 'NUMBER' }),
  );
  expect(changes).toContainEqual(
    expect.objectContaining({
      kind: 'cpi_change',
      newValue: expect.stringMatching(/^\d+\.\d\d USD$/),
      valueKind: 'MONEY',
    }),
  );
  expect(await stack.calls()).toEqual([
    `GET ${demoPaths.targetGroup(demo.live)}/overview`,
    `GET ${path}?page_size=10`,
    `GET /accounts/${demo.accountId}/users`,
  ]);
});

test('shows changes by the system, with reasons', async () => {
  const { targetGroup } = dataOf(
    await stack.execute(ChangelogDocument, { id: ids.targetGroup(demo.completedPastEnd) }),
  );
  expect(targetGroup?.changelog?.nodes[0]).toMatchObject({
    actor: { kind: 'SYSTEM', userId: null },
    changes: [{ kind: 'status_change', newValue: 'completed', reasonCode: expect.stringMatching(/_/) }],
  });
});

test('shows the changes of a draft', async () => {
  const { targetGroup } = dataOf(await stack.execute(ChangelogDocument, { id: ids.targetGroup(demo.draft) }));
  expect(targetGroup?.changelog?.nodes.length).toBeGreaterThan(0);
});

test.each([1, 2, 3, 50])('a walk by %d returns every entry once and ends', async (first) => {
  const all = await someHistory();
  expect(all.length).toBeGreaterThan(6);

  const seen: (string | null | undefined)[] = [];
  let after: string | null = null;
  for (let more = true; more;) {
    const { nodes, pageInfo }: Page = await readPage({ first, after });
    seen.push(...nodes.map((entry) => entry?.entryId));
    expect(pageInfo.hasPreviousPage).toBe(after !== null);
    ({ hasNextPage: more, endCursor: after } = pageInfo);
    expect(seen.length).toBeLessThanOrEqual(all.length);
  }
  expect(seen).toEqual(all.map((entry) => entry.id));
});

test('every cursor works as `after`', async () => {
  const all = await someHistory();
  const { edges, pageInfo } = await readPage({ first: 4 });
  expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor, edges[3]?.cursor]);
  for (const [index, edge] of edges.entries()) {
    const { nodes } = await readPage({ first: 2, after: edge!.cursor });
    expect(nodes.map((entry) => entry?.entryId)).toEqual(
      all.slice(index + 1, index + 3).map((entry) => entry.id),
    );
  }
});

test.each([0, -1, 51, 100, 1000])('rejects a page of %d entries before any call', async (first) => {
  expectBadUserInput(
    await stack.execute(ChangelogDocument, { id, first }),
    '`first` must be between 1 and 50',
  );
  expect((await stack.calls()).filter((call) => call.includes('changelog'))).toEqual([]);
});

test('cannot be read backward', async () => {
  const result = await stack.execute(
    `{ targetGroup(id: "${id}") { changelog(last: 1, before: "x") { nodes { occurredAt } } } }`,
  );
  expect(result.errors.map(({ message }) => message).join()).toContain('Unknown argument "last"');
});

test('rejects an invalid cursor, without affecting other fields', async () => {
  const result = await stack.execute(ChangelogDocument, { id, after: '\ud800' });
  expect(result.data).toEqual({ targetGroup: { id, changelog: null } });
  expectBadUserInput(result, '`after`');
});
