import { demo } from '../../src/emulator/index.js';
import { TargetGroupByRawIdDocument, TargetGroupDocument } from '../generated/documents.js';
import { demoPaths } from '../helpers/emulator.js';
import { dataOf, errorOf, expectBadUserInput, ids, UNKNOWN_ID, useStack } from './stack.js';

const stack = useStack();
const { targetGroupId } = demo.live;
const overviewById = `GET /demand/target-groups/${targetGroupId}/overview`;

test('returns the same target group as the full id, with one call', async () => {
  const { targetGroupByRawId } = dataOf(await stack.execute(TargetGroupByRawIdDocument, { targetGroupId }));
  expect(await stack.calls()).toEqual([overviewById]);
  const { targetGroup } = dataOf(
    await stack.execute(TargetGroupDocument, { id: ids.targetGroup(demo.live) }),
  );
  expect(targetGroup).toMatchObject(targetGroupByRawId!);
  expect(targetGroupByRawId?.id).toBe(ids.targetGroup(demo.live));
});

test.each([
  ['id project { id account { id } }', []],
  ['name createdAt projectManagerId', []],
  ['performance { completes }', [`GET ${demoPaths.targetGroup(demo.live)}/performance`]],
])('makes only the additional calls that { %s } needs', async (fields, calls) => {
  dataOf(await stack.execute(`{ targetGroupByRawId(targetGroupId: "${targetGroupId}") { ${fields} } }`));
  expect(await stack.calls()).toEqual([overviewById, ...calls]);
});

test('is read once per operation', async () => {
  const one = `targetGroupByRawId(targetGroupId: "${targetGroupId}") { id status }`;
  dataOf(await stack.execute(`{ a: ${one} b: ${one} }`));
  expect(await stack.calls()).toEqual([overviewById]);
});

test.each([
  ['that does not exist', UNKNOWN_ID],
  ['of a draft', demo.draft.targetGroupId],
])('is null for an id %s', async (_what, unknown) => {
  expect(dataOf(await stack.execute(TargetGroupByRawIdDocument, { targetGroupId: unknown }))).toEqual({
    targetGroupByRawId: null,
  });
});

test('is forbidden for an id of another account', async () => {
  const result = await stack.execute(TargetGroupByRawIdDocument, {
    targetGroupId: demo.other.live.targetGroupId,
  });
  expect(errorOf(result)).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
});

test.each([
  '',
  '..',
  '.',
  'T1/x',
  ids.targetGroup(demo.live),
  'T 1',
  'T1?x=1',
  'T%2F1',
  'ü',
  'x'.repeat(129),
])('rejects an id such as %j before any call', async (malformed) => {
  const result = await stack.execute(TargetGroupByRawIdDocument, { targetGroupId: malformed });
  expectBadUserInput(result, '`targetGroupId`');
  expect(await stack.calls()).toEqual([]);
});
