import { describe, expect, test } from '@jest/globals';
import { claimOf, grantsOf } from '../../src/auth/claims.js';

describe('claimOf', () => {
  test.each<[string, Record<string, unknown>, string, unknown]>([
    ['a name', { scope: 'a' }, 'scope', 'a'],
    ['a URL as name', { 'https://example.com/accounts': [1] }, 'https://example.com/accounts', [1]],
    ['a path', { realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
    ['a name with dots before a path', { 'a.b': 1, a: { b: 2 } }, 'a.b', 1],
    ['a path through text', { a: 'text' }, 'a.length', undefined],
    ['an inherited name', {}, 'constructor', undefined],
    ['an inherited name in a path', { a: {} }, 'a.__proto__', undefined],
    ['a path through null', { a: null }, 'a.b', undefined],
  ])('finds %s', (_what, claims, name, value) => {
    expect(claimOf(claims, name)).toEqual(value);
  });
});

describe('grantsOf', () => {
  const names = { accountsClaim: 'accounts', scopesClaim: 'scope' };
  const accounts = (value: unknown) => [...grantsOf({ accounts: value }, names).accounts];
  const scopes = (value: unknown) => [...grantsOf({ scope: value }, names).scopes];

  test.each<[unknown, string[]]>([
    [
      [101, '202'],
      ['101', '202'],
    ],
    [101, ['101']],
    ['101', ['101']],
    ['101 202,303', ['101', '202', '303']],
    [['0101', '1e2', '-1', '1.5', ' 7', '*', '', '101/P'], []],
    [[1.5, -1, NaN, 1e21], []],
    [
      [2 ** 31 - 1, 2 ** 31, '9999999999', 0],
      ['2147483647', '0'],
    ],
    [[null, true, {}, ['101']], []],
    [undefined, []],
    [null, []],
    [{ 101: true }, []],
  ])('reads the accounts %j', (claim, expected) => {
    expect(accounts(claim)).toEqual(expected);
  });

  test.each<[unknown, string[]]>([
    ['openid fielding:read', ['fielding:read']],
    [
      ['fielding:operate', 'fielding:read'],
      ['fielding:read', 'fielding:operate'],
    ],
    ['fielding:operate', ['fielding:operate']],
    ['fielding:read graphql:explore', ['fielding:read', 'graphql:explore']],
    ['fielding:READ fielding:reads fielding:*', []],
    [undefined, []],
    [true, []],
  ])('reads the scopes %j', (claim, expected) => {
    expect(scopes(claim)).toEqual(expected);
  });
});
