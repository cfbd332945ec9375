import { dateIn } from '../../upstream/resources/moment.js';
import { decimalText } from '../money/money.js';
import { ChangeValueKind } from './changelog.enum.js';

/** A change as REST may write it, whatever was changed. */
export interface RestChange {
  readonly object?: string | null;
  readonly new_value?: unknown;
  readonly old_value?: unknown;
  readonly reason_code?: string | null;
  readonly supplier_id?: string | null;
}

/** The values of a change as text, null where there is none, and what both texts are. */
export interface ChangeValues {
  readonly kind: ChangeValueKind;
  readonly oldValue: string | null;
  readonly newValue: string | null;
}

interface Written {
  readonly kind: ChangeValueKind;
  readonly text: string;
}

/**
 * A change's two values in one kind. Values tell by their form what they are, but for texts, where it takes the name of the
 * change: a target group can be called `2026-01-01`.
 */
export function changeValues({ object, old_value, new_value }: RestChange): ChangeValues {
  const [before, after] = [writtenOf(old_value, object ?? ''), writtenOf(new_value, object ?? '')];
  const kinds = new Set([before, after].flatMap((written) => (written === null ? [] : [written.kind])));
  const [kind = ChangeValueKind.NONE] = kinds;
  return kinds.size > 1
    ? { kind: ChangeValueKind.JSON, oldValue: jsonOf(old_value), newValue: jsonOf(new_value) }
    : { kind, oldValue: before?.text ?? null, newValue: after?.text ?? null };
}

function writtenOf(value: unknown, object: string): Written | null {
  switch (typeof value) {
    case 'string':
      return writtenText(value, object);
    case 'number':
      return { kind: ChangeValueKind.NUMBER, text: decimalText(value) };
    case 'boolean':
      return { kind: ChangeValueKind.BOOLEAN, text: String(value) };
    default:
      return value === null || value === undefined ? null : writtenObject(value);
  }
}

function writtenText(text: string, object: string): Written {
  const moment = object.endsWith('_date_change') ? dateIn(text) : undefined;
  if (moment !== undefined) return { kind: ChangeValueKind.MOMENT, text: moment.toISOString() };
  const isDuration = object.endsWith('_interval_change');
  return { kind: isDuration ? ChangeValueKind.DURATION : ChangeValueKind.TEXT, text };
}

function writtenObject(value: object): Written | null {
  if ('las_user_id' in value) {
    const { las_user_id: id } = value;
    if (typeof id === 'string') return { kind: ChangeValueKind.PERSON, text: id };
    if (id === null) return null;
  }
  const { value: amount, currency_code: currency } = value as Readonly<Record<string, unknown>>;
  // The contract has a text, and its example of an event a number.
  if (typeof amount === 'string' || typeof amount === 'number') {
    const digits = typeof amount === 'number' ? decimalText(amount) : amount;
    const text = typeof currency === 'string' ? `${digits} ${currency}` : digits;
    return { kind: ChangeValueKind.MONEY, text };
  }
  return { kind: ChangeValueKind.JSON, text: JSON.stringify(value) };
}

function jsonOf(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
