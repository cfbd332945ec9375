import { dateIn } from '../../upstream/resources/date-time.js';
import { decimalText } from '../money/money.js';
import { ChangeValueKind } from './changelog.enum.js';

/** A change of any setting; the union of all kinds in the contract. */
export interface RestChange {
  readonly object?: string | null;
  readonly new_value?: unknown;
  readonly old_value?: unknown;
  readonly reason_code?: string | null;
  readonly supplier_id?: string | null;
}

/** The values of a change as text, or null, and the format of both. */
export interface ChangeValues {
  readonly kind: ChangeValueKind;
  readonly oldValue: string | null;
  readonly newValue: string | null;
}

interface FormattedValue {
  readonly kind: ChangeValueKind;
  readonly text: string;
}

/**
 * Formats both values of a change the same way. The JSON type of a value determines its kind, except for strings, where
 * the name of the change does: a target group can be called `2026-01-01`.
 */
export function changeValues({ object, old_value, new_value }: RestChange): ChangeValues {
  const [before, after] = [formatValue(old_value, object ?? ''), formatValue(new_value, object ?? '')];
  const kinds = new Set([before, after].flatMap((formatted) => (formatted === null ? [] : [formatted.kind])));
  const [kind = ChangeValueKind.NONE] = kinds;
  return kinds.size > 1
    ? { kind: ChangeValueKind.JSON, oldValue: jsonOf(old_value), newValue: jsonOf(new_value) }
    : { kind, oldValue: before?.text ?? null, newValue: after?.text ?? null };
}

function formatValue(value: unknown, object: string): FormattedValue | null {
  switch (typeof value) {
    case 'string':
      return formatText(value, object);
    case 'number':
      return { kind: ChangeValueKind.NUMBER, text: decimalText(value) };
    case 'boolean':
      return { kind: ChangeValueKind.BOOLEAN, text: String(value) };
    default:
      return value === null || value === undefined ? null : formatObject(value);
  }
}

function formatText(text: string, object: string): FormattedValue {
  const date = object.endsWith('_date_change') ? dateIn(text) : undefined;
  if (date !== undefined) return { kind: ChangeValueKind.MOMENT, text: date.toISOString() };
  const isDuration = object.endsWith('_interval_change');
  return { kind: isDuration ? ChangeValueKind.DURATION : ChangeValueKind.TEXT, text };
}

function formatObject(value: object): FormattedValue | null {
  if ('las_user_id' in value) {
    const { las_user_id: id } = value;
    if (typeof id === 'string') return { kind: ChangeValueKind.PERSON, text: id };
    if (id === null) return null;
  }
  const { value: amount, currency_code: currency } = value as Readonly<Record<string, unknown>>;
  // The contract says string, but its example has a number.
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
