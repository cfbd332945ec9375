import { demo } from '../../src/emulator/index.js';
import {
  AccountDocument,
  AccountsDocument,
  PauseTargetGroupsDocument,
  PeopleDocument,
} from '../generated/documents.js';
import { demoPaths } from '../helpers/emulator.js';
import { dataOf, errorOf, expectBadUserInput, ids, useStack } from './stack.js';

const stack = useStack();

const northwind = { id: '101', accountId: '101', name: 'Northwind Insights' };
const harbour = { id: '202', accountId: '202', name: 'Harbour Research' };

describe('accounts', () => {
  test.each([
    { token: demo.token, accounts: [northwind] },
    { token: demo.bothToken, accounts: [northwind, harbour] },
  ])('lists the accounts of the token $token', async ({ token, accounts }) => {
    expect(dataOf(await stack.execute(AccountsDocument, {}, { token }))).toEqual({ accounts });
    expect(await stack.calls()).toEqual(['GET /accounts']);
  });
});

describe('account', () => {
  test('is found in the list, as there is no call for a single account', async () => {
    expect(dataOf(await stack.execute(AccountDocument, { id: ids.account }))).toEqual({ account: northwind });
    expect(await stack.calls()).toEqual(['GET /accounts']);
  });

  test.each([ids.other.account, '999'])('is null if the list does not contain it: %s', async (id) => {
    expect(dataOf(await stack.execute(AccountDocument, { id }))).toEqual({ account: null });
  });

  test.each(['', 'x', '-1', '101 ', '12345678901', ids.project])('rejects the id %j', async (id) => {
    expectBadUserInput(await stack.execute(AccountDocument, { id }), '`id`');
    expect(await stack.calls()).toEqual([]);
  });
});

test('reads account names with one call for any number of accounts, and none if they are not selected', async () => {
  const account = (fields: string) => `{ projects(accountId: "101") { nodes { account { ${fields} } } } }`;
  const list = 'GET /demand/accounts/101/projects?page_size=10';

  dataOf(await stack.execute(account('id accountId')));
  expect(await stack.calls()).toEqual([list]);
  await stack.forgetCalls();

  dataOf(await stack.execute(account('id name')));
  expect(await stack.calls()).toEqual([list, 'GET /accounts']);
});

describe('people', () => {
  const users = `GET ${demoPaths.users}`;
  const variables = {
    projectId: ids.project,
    targetGroupId: ids.targetGroup(demo.live),
    fieldingRunId: ids.run(demo.live),
  };

  const person = { id: expect.any(String), name: expect.any(String), email: expect.stringContaining('@') };

  async function callsOf(query: string): Promise<string[]> {
    await stack.forgetCalls();
    dataOf(await stack.execute(query));
    return (await stack.calls()).sort();
  }

  test('people have names, which are read from one list per account', async () => {
    const { project, targetGroup, fieldingRun } = dataOf(await stack.execute(PeopleDocument, variables));
    expect(project!.projectManager).toEqual({ ...person, id: project!.projectManagerId });
    expect(targetGroup!.projectManager).toEqual({ ...person, id: targetGroup!.projectManagerId });
    expect(fieldingRun!.lastChangedByUser).toEqual({ ...person, id: fieldingRun!.lastChangedBy });
    expect((await stack.calls()).filter((call) => call === users)).toHaveLength(1);
  });

  test('the person who started a job has a name', async () => {
    const input = { targetGroupIds: [ids.targetGroup(demo.live)] };
    const { pauseTargetGroups } = dataOf(await stack.execute(PauseTargetGroupsDocument, { input }));
    const { id } = pauseTargetGroups!.batchJob!;
    const { batchJob } = dataOf(
      await stack.execute<{ batchJob: { createdBy: string } }, object>(
        'query ($id: ID!) { batchJob(id: $id) { createdBy createdByUser { id name email } } }',
        { id },
      ),
    );
    expect(batchJob).toEqual({
      createdBy: expect.any(String),
      createdByUser: { id: batchJob.createdBy, name: 'Demo Northwind', email: 'demo.northwind@example.org' },
    });
  });

  describe('The list of people', () => {
    const run = `fieldingRun(id: "${ids.run(demo.live)}")`;
    const runCall = `GET ${demoPaths.run(demo.live)}`;

    test.each([
      ['id', [runCall]],
      ['id __typename', [runCall]],
      ['... on User { id } name @skip(if: true)', [runCall]],
      ['name', [users, runCall]],
      ['id ... { email }', [users, runCall]],
    ])('is read for { %s } only if needed', async (selection, calls) => {
      expect(await callsOf(`{ ${run} { lastChangedByUser { ${selection} } } }`)).toEqual([...calls].sort());
    });

    test('is read once for a page of target groups and all their runs', async () => {
      const calls = await callsOf(`{
      targetGroups(projectId: "${ids.project}", first: 5) {
        nodes { projectManager { name } fieldingRun { lastChangedByUser { email } } project { projectManager { name } } }
      }
    }`);
      expect(calls.filter((call) => call === users)).toHaveLength(1);
    });

    test('is read once per account', async () => {
      const query = `{ a: project(id: "${ids.project}") { projectManager { name } }
      b: project(id: "${ids.other.project}") { projectManager { name } } }`;
      dataOf(await stack.execute(query, {}, { token: demo.bothToken }));
      const lists = (await stack.calls()).filter((call) => call.endsWith('/users'));
      expect(lists.sort()).toEqual([users, `GET /accounts/${demo.other.accountId}/users`]);
    });

    test('is not read again after a change in the same operation', async () => {
      const calls = await callsOf(`mutation {
      a: pauseFieldingRun(input: { id: "${ids.run(demo.live)}", version: "5" }) { fieldingRun { lastChangedByUser { name } } }
      b: resumeFieldingRun(input: { id: "${ids.run(demo.live)}", version: "6" }) { fieldingRun { lastChangedByUser { name } } }
    }`);
      expect(calls.filter((call) => call === users)).toHaveLength(1);
      expect(calls.filter((call) => call === runCall)).toHaveLength(2);
    });

    test('fails without affecting other fields', async () => {
      await stack.emulator.control.faults.add({ method: 'GET', path: '/users', status: 403 });
      const result = await stack.execute(
        `{ ${run} { status lastChangedBy lastChangedByUser { id name } } project(id: "${ids.project}") { name projectManager { id } } }`,
      );
      expect(result.data).toEqual({
        fieldingRun: { status: 'LIVE', lastChangedBy: expect.any(String), lastChangedByUser: null },
        project: { name: expect.any(String), projectManager: { id: expect.any(String) } },
      });
      expect(errorOf(result)).toMatchObject({
        path: ['fieldingRun', 'lastChangedByUser'],
        extensions: { code: 'FORBIDDEN' },
      });
    });
  });

  describe('A manager', () => {
    test.each([
      [
        'of a project costs one read of the project',
        `project(id: "${ids.project}") { projectManager { id } }`,
        [`GET ${demoPaths.project}`],
      ],
      [
        'of a target group costs one read of its overview',
        `targetGroup(id: "${ids.targetGroup(demo.live)}") { projectManager { id } }`,
        [`GET ${demoPaths.targetGroup(demo.live)}/overview`],
      ],
      [
        'of target groups in a list costs nothing beyond the list',
        `targetGroups(projectId: "${ids.project}", first: 3) { nodes { projectManager { id } } }`,
        [`GET ${demoPaths.project}/target-groups?page_size=3`],
      ],
    ])('%s', async (_what, field, calls) => {
      expect(await callsOf(`{ ${field} }`)).toEqual(calls);
    });
  });
});
