import { cursorAfter, PAGE_COUNT, pageOfList, wholeList } from './bodies.js';

test.each([1, 10, 100])('builds a complete list of %d', (size) => {
  const list = wholeList(size);
  expect(list).toMatchObject({ has_more: false });
  expect(new Set(list.target_groups.map(({ id }) => id)).size).toBe(size);
});

test('builds pages that follow each other by cursor without common items', () => {
  const pages = Array.from({ length: PAGE_COUNT }, (_, page) => pageOfList(10, page));
  expect(pages.map(({ next_cursor: cursor }) => cursor)).toEqual([
    ...pages.slice(0, -1).map((_, page) => cursorAfter(10, page)),
    null,
  ]);
  expect(pages.map(({ has_more: more }) => more)).toEqual(pages.map((_, page) => page < PAGE_COUNT - 1));
  const ids = pages.flatMap(({ target_groups: items }) => items.map(({ id }) => id));
  expect(new Set(ids).size).toBe(10 * PAGE_COUNT);
});

test('builds items as the API returns them', () => {
  for (const { id, created_at: createdAt } of wholeList(100).target_groups) {
    expect(id).toMatch(/^[0-9A-Z]{26}$/);
    expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
});
