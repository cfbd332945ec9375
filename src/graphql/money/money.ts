import { Field, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { Decimal } from '../scalars/decimal.js';

@ObjectType({ description: 'Amount of money.' })
export class Money {
  constructor(private readonly money: Exclude<rest.MonetaryAmount, number>) {}

  @Field(() => Decimal, {
    nullable: true,
    description: 'Amount in units of the currency, e.g. dollars, not cents. Null if unknown.',
  })
  get amount(): string | null {
    return this.money.value ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Currency as a three-letter code (ISO 4217), e.g. `USD`. Null if unknown.',
  })
  get currency(): string | null {
    return this.money.currency_code ?? null;
  }
}

/** Money in the format of any API version; before 2025-12-18 it is a number without a currency. */
export function moneyOf(money: rest.MonetaryAmount | null): Money | null {
  if (money === null) return null;
  return new Money(typeof money === 'number' ? { value: decimalText(money) } : money);
}

/** @returns the number's digits, without an exponent */
export function decimalText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [digits = '', exponent = '0'] = text.split('e');
  return value.toFixed(Math.min(100, (digits.split('.')[1] ?? '').length - Number(exponent)));
}
