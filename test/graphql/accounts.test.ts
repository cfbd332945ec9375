import { demo } from '../../src/emulator/index.js';
import { AccountDocument, AccountsDocument } from '../generated/documents.js';
import { dataOf, expectBadUserInput, ids, useStack } from './stack.js';

const stack = useStack();

const northwind = { id: '101', accountId: '101', name: 'Northwind Insights' };
const harbour = { id: '202', accountId: '202', name: 'Harbour Research' };

describe('accounts', () => {
  test.each([
    { token: demo.token, accounts: [northwind] },
    { token: demo.bothToken, accounts: [northwind, harbour] },
  ])('lists what the token $token may use', async ({ token, accounts }) => {
    expect(dataOf(await stack.execute(AccountsDocument, {}, { token }))).toEqual({ accounts });
    expect(await stack.calls()).toEqual(['GET /accounts']);
  });
});

describe('account', () => {
  test('is found in the list: there is no call for one account', async () => {
    expect(dataOf(await stack.execute(AccountDocument, { id: ids.account }))).toEqual({ account: northwind });
    expect(await stack.calls()).toEqual(['GET /accounts']);
  });

  test.each([ids.other.account, '999'])('is null where the list does not hold it: %s', async (id) => {
    expect(dataOf(await stack.execute(AccountDocument, { id }))).toEqual({ account: null });
  });

  test.each(['', 'x', '-1', '101 ', '12345678901', ids.project])('%j is no id of one', async (id) => {
    expectBadUserInput(await stack.execute(AccountDocument, { id }), '`id`');
    expect(await stack.calls()).toEqual([]);
  });
});

test('the name of an account costs one call for any number of accounts, and none where it is not selected', async () => {
  const account = (fields: string) => `{ projects(accountId: "101") { nodes { account { ${fields} } } } }`;
  const list = 'GET /demand/accounts/101/projects?page_size=10';

  dataOf(await stack.execute(account('id accountId')));
  expect(await stack.calls()).toEqual([list]);
  await stack.forgetCalls();

  dataOf(await stack.execute(account('id name')));
  expect(await stack.calls()).toEqual([list, 'GET /accounts']);
});
