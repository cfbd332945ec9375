import { demo } from '../../src/emulator/index.js';
import {
  LaunchDraftTargetGroupDocument,
  NodeDocument,
  PauseTargetGroupsDocument,
} from '../generated/documents.js';
import { demoPaths } from '../helpers/emulator.js';
import { dataOf, errorOf, expectBadUserInput, ids, inDays, UNKNOWN_ID, useStack } from './stack.js';

const stack = useStack();

describe('node', () => {
  test.each([
    { id: ids.account, node: { __typename: 'Account', accountId: '101' }, call: '/accounts' },
    {
      id: ids.project,
      node: { __typename: 'Project', projectName: 'Breakfast habits tracker' },
      call: demoPaths.project,
    },
    {
      id: ids.targetGroup(demo.live),
      node: { __typename: 'TargetGroup', targetGroupStatus: 'LIVE' },
      call: `${demoPaths.targetGroup(demo.live)}/overview`,
    },
    {
      id: ids.run(demo.live),
      node: { __typename: 'FieldingRun', fieldingRunStatus: 'LIVE' },
      call: demoPaths.run(demo.live),
    },
  ])('finds a $node.__typename by its id', async ({ id, node, call }) => {
    expect(dataOf(await stack.execute(NodeDocument, { id }))).toEqual({ node: { id, ...node } });
    expect(await stack.calls()).toEqual([`GET ${call}`]);
  });

  test('finds a BatchJob by the id from its creation, and by the long form', async () => {
    const input = { targetGroupIds: [ids.targetGroup(demo.paused)] };
    const { pauseTargetGroups } = dataOf(await stack.execute(PauseTargetGroupsDocument, { input }));
    const { id, jobId } = pauseTargetGroups!.batchJob!;
    const longId = ids.job('pause-fielding-runs-by-target-group-id', jobId);
    expect(id).toBe(ids.job('pause', jobId));
    await stack.forgetCalls();

    for (const either of [id, longId]) {
      expect(dataOf(await stack.execute(NodeDocument, { id: either })).node).toEqual({
        __typename: 'BatchJob',
        id,
        batchJobStatus: expect.stringMatching(/^(PROCESSING|COMPLETED)$/),
      });
    }
    const call = `GET ${demoPaths.batchJobs('pause')}/${jobId}`;
    expect(await stack.calls()).toEqual([call, call]);
  });

  test('finds a DraftLaunchJob by the id from its creation', async () => {
    const input = { id: ids.targetGroup(demo.draft), endAt: inDays(30) };
    const created = dataOf(await stack.execute(LaunchDraftTargetGroupDocument, { input }));
    const { id, jobId } = created.launchDraftTargetGroup!.draftLaunchJob!;
    expect(id).toBe(ids.draftJob('launch', jobId));
    await stack.forgetCalls();

    expect(dataOf(await stack.execute(NodeDocument, { id })).node).toEqual({
      __typename: 'DraftLaunchJob',
      id,
      draftLaunchJobStatus: expect.stringMatching(/^(PROCESSING|COMPLETED)$/),
    });
    expect(await stack.calls()).toEqual([`GET ${demoPaths.draftJobs('launch')}/${jobId}`]);
  });

  test.each([
    '999',
    `101/${UNKNOWN_ID}`,
    `${ids.project}/${UNKNOWN_ID}`,
    ids.run({ ...demo.live, fieldingRunId: UNKNOWN_ID }),
    ids.run({ ...demo.live, fieldingRunId: demo.paused.fieldingRunId }),
    ids.job('pause', UNKNOWN_ID),
    ids.draftJob('launch', UNKNOWN_ID),
    ids.draftJob('schedule', UNKNOWN_ID),
  ])('is null if the object does not exist: %s', async (id) => {
    expect(dataOf(await stack.execute(NodeDocument, { id }))).toEqual({ node: null });
  });

  test.each([
    '',
    '/',
    'x',
    '101/',
    '/101',
    '101//x',
    '101/..',
    '101/a?b',
    '101/a#b',
    '101/%2e%2e',
    'ä/b',
    `${ids.run(demo.live)}/more`,
    ` ${ids.project}`,
    `101/${'x'.repeat(129)}`,
  ])('rejects the id %j', async (id) => {
    expectBadUserInput(await stack.execute(NodeDocument, { id }), '`id`');
    expect(await stack.calls()).toEqual([]);
  });

  test.each([ids.other.project, ids.other.targetGroup, ids.other.run])('is forbidden: %s', async (id) => {
    const result = await stack.execute(NodeDocument, { id });
    expect(result.data).toEqual({ node: null });
    expect(errorOf(result)).toMatchObject({ path: ['node'], extensions: { code: 'FORBIDDEN' } });
  });
});
