import { describe, expect, test } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import { AccountDocument, AccountsDocument } from '../generated/documents.js';
import { ids, useStack } from './stack.js';

const stack = useStack();

const northwind = { id: '101', accountId: '101', name: 'Northwind Insights' };
const harbour = { id: '202', accountId: '202', name: 'Harbour Research' };

describe('accounts', () => {
  test.each([
    { token: demo.token, accounts: [northwind] },
    { token: demo.bothToken, accounts: [northwind, harbour] },
  ])('lists what the token $token may use', async ({ token, accounts }) => {
    const answer = await stack.execute(AccountsDocument, {}, { token });
    expect(answer).toMatchObject({ status: 200, data: { accounts }, errors: [] });
    expect(await stack.calls()).toEqual(['GET /accounts']);
  });
});

describe('account', () => {
  test('is found in the list: there is no call for one account', async () => {
    const { data, errors } = await stack.execute(AccountDocument, { id: ids.account });
    expect({ data, errors }).toEqual({ data: { account: northwind }, errors: [] });
    expect(await stack.calls()).toEqual(['GET /accounts']);
  });

  test.each([ids.other.account, '999'])('is null where the list does not hold it: %s', async (id) => {
    const { data, errors } = await stack.execute(AccountDocument, { id });
    expect({ data, errors }).toEqual({ data: { account: null }, errors: [] });
  });

  test.each(['', 'x', '-1', '101 ', '12345678901', ids.project])(
    'refuses %j as an id before any call',
    async (id) => {
      const { errors } = await stack.execute(AccountDocument, { id });
      expect(errors).toMatchObject([
        { message: expect.stringContaining('`id`'), extensions: { code: 'BAD_USER_INPUT' } },
      ]);
      expect(await stack.calls()).toEqual([]);
    },
  );
});
