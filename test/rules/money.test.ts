import { describe, expect, test } from '@jest/globals';
import { decimalText, moneyOf } from '../../src/graphql/money/money.js';

describe('moneyOf', () => {
  test.each([
    ['2.7352', { value: '2.7352', currency_code: 'USD', currency_scale: 2 }, 'USD'],
    ['10.00', { value: '10.00', currency_code: 'JPY' }, 'JPY'],
    ['123456789012345678.90', { value: '123456789012345678.90' }, null],
  ])('keeps %s unchanged', (amount, money, currency) => {
    expect(moneyOf(money)).toMatchObject({ amount, currency });
  });

  test('has no currency for a number of an older version', () => {
    expect(moneyOf(2.7352)).toMatchObject({ amount: '2.7352', currency: null });
  });

  test('has neither amount nor currency if the API returns neither', () => {
    expect(moneyOf({})).toMatchObject({ amount: null, currency: null });
    expect(moneyOf(null)).toBeNull();
  });
});

test.each([
  [0, '0'],
  [0.1, '0.1'],
  [-3, '-3'],
  [1e-7, '0.0000001'],
  [1.25e-9, '0.00000000125'],
  [1e21, '1000000000000000000000'],
])('decimalText writes %f as %s, without an exponent', (value, text) => {
  expect(decimalText(value)).toBe(text);
});
