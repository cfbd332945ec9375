import { readFileSync } from 'node:fs';
import { parse, print, separateOperations } from 'graphql';
import { createClient } from 'graphql-sse';
import { until } from '../helpers/until.js';
import { demo } from '../../src/emulator/index.js';
import { demoQuery } from '../../src/main/demo-query.js';
import { dataOf, ids, useStack } from './stack.js';

const stack = useStack();

interface TargetGroups {
  targetGroups: {
    nodes: { id: string; customerReferenceNumber: string | null; statistics: { issues: object[] } }[];
  };
}

test("the README's operation returns complete data", async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const document = /```graphql\n(.*?)```/s.exec(readme)![1]!;
  const { targetGroup } = dataOf(
    await stack.execute<{ targetGroup: object }, object>(document, { id: ids.targetGroup(demo.live) }),
  );
  const fields = ['projectManager', 'performance', 'completesOverTime', 'changelog', 'fieldingRun'];
  expect(targetGroup).toMatchObject(Object.fromEntries(fields.map((field) => [field, expect.anything()])));
});

test("the explorers' default operation returns data", async () => {
  const { document, variables, headers } = demoQuery(demo, demo.token);
  const operations = separateOperations(parse(document));
  const run = async <Data>(name: string, more: object = {}) =>
    dataOf(
      await stack.execute<Data, object>(
        print(operations[name]!),
        { ...variables, ...more },
        { token: null, headers },
      ),
    );
  expect(Object.keys(operations)).toEqual([
    'TargetGroups',
    'TargetGroup',
    'Transitions',
    'LiveTargetGroups',
    'Pause',
    'Job',
  ]);

  const { nodes } = (await run<TargetGroups>('TargetGroups')).targetGroups;
  expect(nodes.map(({ id }) => id)).toContain(ids.targetGroup(demo.live));
  expect(nodes.some(({ customerReferenceNumber: number }) => number !== null)).toBe(true);
  expect(nodes.some(({ statistics }) => statistics.issues.length > 0)).toBe(true);

  const person = { name: expect.any(String) };
  expect((await run<{ targetGroup: object }>('TargetGroup')).targetGroup).toMatchObject({
    projectManager: person,
    performance: { completes: expect.any(Number), respondentAnalysis: { live: [{}, {}, {}] } },
    completesOverTime: expect.arrayContaining([{ at: expect.any(String), completes: expect.any(Number) }]),
    changelog: {
      nodes: expect.arrayContaining([expect.objectContaining({ actor: { kind: 'PERSON', user: person } })]),
    },
  });
  expect(await run<object>('Transitions')).toEqual({
    targetGroupTransitions: {
      allowedActions: ['PAUSE', 'COMPLETE'],
      targetGroupIds: [ids.targetGroup(demo.live)],
    },
  });

  const live = createClient({ url: `${stack.gateway.url}/graphql`, headers: { ...headers } });
  const events = live.iterate<{ targetGroupUpdated: object }>({
    query: print(operations['LiveTargetGroups']!),
    variables: { ...variables },
  });
  const event = events.next();
  await until(async () => (await stack.calls()).some((call) => call.includes('page_size=100')));

  const { pauseTargetGroups: paused } = await run<{
    pauseTargetGroups: { batchJob: { id: string }; userErrors: object[] };
  }>('Pause');
  expect(paused.userErrors).toEqual([]);
  expect(await event).toMatchObject({ value: { data: { targetGroupUpdated: { status: 'PAUSED' } } } });
  await events.return?.();
  const { id } = paused.batchJob;
  let job;
  do job = (await run<{ batchJob: { status: string } }>('Job', { id })).batchJob;
  while (job.status === 'PROCESSING');
  expect(job).toMatchObject({
    status: 'COMPLETED',
    updatedTargetGroups: [{ targetGroup: { name: expect.any(String) } }],
    failedTargetGroups: [],
  });
});
