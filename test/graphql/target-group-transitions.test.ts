import { demo } from '../../src/emulator/index.js';
import {
  TargetGroupTransitionsDocument,
  type TargetGroupSelection,
  type TargetGroupTransitionsQuery,
} from '../generated/documents.js';
import { demoPaths } from '../helpers/emulator.js';
import { dataOf, expectBadUserInput, ids, UNKNOWN_ID, useStack } from './stack.js';

const stack = useStack();
const call = `POST ${demoPaths.project}/compute-target-group-transitions`;

async function ask(
  selection?: TargetGroupSelection | null,
): Promise<TargetGroupTransitionsQuery['targetGroupTransitions']> {
  const variables = { projectId: ids.project, selection };
  return dataOf(await stack.execute(TargetGroupTransitionsDocument, variables)).targetGroupTransitions;
}

async function included(...groups: { targetGroupId: string }[]) {
  const found = await ask({ includedTargetGroupIds: groups.map(ids.targetGroup) });
  return [...(found?.allowedActions ?? [])].sort();
}

describe('The allowed actions', () => {
  test.each([
    [[demo.live], ['COMPLETE', 'PAUSE']],
    [
      [demo.live, demo.secondLive],
      ['COMPLETE', 'PAUSE'],
    ],
    [[demo.paused], ['RESUME']],
    [[demo.pausedPastEnd], []],
    [[demo.scheduled], ['COMPLETE', 'LAUNCH']],
    [[demo.live, demo.scheduled], ['COMPLETE']],
    [[demo.live, demo.paused], []],
    [[demo.completed], ['RELAUNCH']],
    [[demo.draft], ['LAUNCH']],
    [[demo.draft, demo.scheduled], ['LAUNCH']],
    [[demo.draft, demo.live], []],
  ])('for %j', async (groups, actions) => {
    expect(await included(...groups)).toEqual(actions);
  });
});

describe('A selection', () => {
  test('contains what its filters match, without excluded ids', async () => {
    const live = await ask({ status: ['LIVE'] });
    expect(live?.targetGroupIds).toEqual(
      expect.arrayContaining([ids.targetGroup(demo.live), ids.targetGroup(demo.secondLive)]),
    );
    const excludedTargetGroupIds = [ids.targetGroup(demo.live)];
    const fewer = await ask({ status: ['LIVE'], excludedTargetGroupIds });
    expect(fewer?.targetGroupIds).toEqual(
      live?.targetGroupIds?.filter((id) => id !== ids.targetGroup(demo.live)),
    );
    expect(await stack.calls()).toEqual([call, call]);
    expect(await stack.emulator.control.effects()).toEqual([]);
  });

  test('has no ids and no actions if it is empty', async () => {
    const id = ids.targetGroup(demo.live);
    expect(await ask({ includedTargetGroupIds: [id], excludedTargetGroupIds: [id] })).toEqual({
      targetGroupIds: [],
      allowedActions: [],
    });
  });

  test('is null for another project, or one that does not exist', async () => {
    expect(await ask({ includedTargetGroupIds: [`${ids.project}/${UNKNOWN_ID}`] })).toBeNull();
    const variables = { projectId: `${ids.account}/${UNKNOWN_ID}` };
    expect(dataOf(await stack.execute(TargetGroupTransitionsDocument, variables))).toEqual({
      targetGroupTransitions: null,
    });
  });

  const group = ids.targetGroup(demo.live);
  test.each<[TargetGroupSelection, string]>([
    [{ includedTargetGroupIds: [] }, '`selection.includedTargetGroupIds`'],
    [{ includedTargetGroupIds: [group, demo.live.targetGroupId] }, '`selection.includedTargetGroupIds.1`'],
    [{ includedTargetGroupIds: [group, group, ids.project] }, '`selection.includedTargetGroupIds.2`'],
    [{ includedTargetGroupIds: [`${ids.largeProject}/X1`] }, '`selection.includedTargetGroupIds.0`'],
    [{ excludedTargetGroupIds: [group, ids.other.targetGroup] }, '`selection.excludedTargetGroupIds.1`'],
    [{ excludedTargetGroupIds: ['', group] }, '`selection.excludedTargetGroupIds.0`'],
    [{ excludedTargetGroupIds: Array<string>(1001).fill(group) }, '`selection.excludedTargetGroupIds`'],
    [{ status: ['LIVE', 'UNKNOWN'] }, '`selection.status.1`'],
    [{ country: ['USA'] }, '`selection.country.0`'],
    [{ language: ['eng', 'en'] }, '`selection.language.1`'],
    [{ search: 'x'.repeat(501) }, '`selection.search`'],
  ])('%j is rejected before any call', async (selection, argument) => {
    const variables = { projectId: ids.project, selection };
    expectBadUserInput(await stack.execute(TargetGroupTransitionsDocument, variables), argument);
    expect(await stack.calls()).toEqual([]);
  });

  test('is rejected for an id that is not a project', async () => {
    const variables = { projectId: group };
    expectBadUserInput(await stack.execute(TargetGroupTransitionsDocument, variables), '`projectId`');
    expect(await stack.calls()).toEqual([]);
  });
});

test('is read once per operation if equal, and separately otherwise', async () => {
  const one = (status: string) =>
    `targetGroupTransitions(projectId: "${ids.project}", selection: { status: ${status} }) { allowedActions targetGroupIds }`;
  const data = dataOf(
    await stack.execute<Record<string, { allowedActions: string[] }>, object>(
      `{ a: ${one('LIVE')} b: ${one('LIVE')} c: ${one('SCHEDULED')} }`,
    ),
  );
  expect(data['b']).toEqual(data['a']);
  expect(data['c']).not.toEqual(data['a']);
  expect(await stack.calls()).toEqual([call, call]);
});
