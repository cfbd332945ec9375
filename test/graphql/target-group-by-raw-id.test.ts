import { demo } from '../../src/emulator/index.js';
import { TargetGroupByRawIdDocument, TargetGroupDocument } from '../generated/documents.js';
import { demoPaths } from '../helpers/emulator.js';
import { dataOf, errorOf, expectBadUserInput, ids, NOBODY, useStack } from './stack.js';

const stack = useStack();
const { targetGroupId } = demo.live;
const overviewById = `GET /demand/target-groups/${targetGroupId}/overview`;

test('is the target group of the full id, for one call', async () => {
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
])('{ %s } costs what it needs besides', async (fields, calls) => {
  dataOf(await stack.execute(`{ targetGroupByRawId(targetGroupId: "${targetGroupId}") { ${fields} } }`));
  expect(await stack.calls()).toEqual([overviewById, ...calls]);
});

test('is asked for once in an operation', async () => {
  const one = `targetGroupByRawId(targetGroupId: "${targetGroupId}") { id status }`;
  dataOf(await stack.execute(`{ a: ${one} b: ${one} }`));
  expect(await stack.calls()).toEqual([overviewById]);
});

test.each([
  ['that nobody has', NOBODY],
  ['of a draft', demo.draft.targetGroupId],
])('an id %s leads to null', async (_whose, unknown) => {
  expect(dataOf(await stack.execute(TargetGroupByRawIdDocument, { targetGroupId: unknown }))).toEqual({
    targetGroupByRawId: null,
  });
});

test('an id of an account that the credentials do not give access to is refused', async () => {
  const answer = await stack.execute(TargetGroupByRawIdDocument, {
    targetGroupId: demo.other.live.targetGroupId,
  });
  expect(errorOf(answer)).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
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
])('an id such as %j is refused before any call', async (malformed) => {
  const answer = await stack.execute(TargetGroupByRawIdDocument, { targetGroupId: malformed });
  expectBadUserInput(answer, '`targetGroupId`');
  expect(await stack.calls()).toEqual([]);
});
