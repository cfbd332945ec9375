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
