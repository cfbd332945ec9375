import type { ResponsePath } from 'graphql';
import type { Execution } from './execution.js';
import type { Field } from './field.js';
import { OBJECT, Pending, Whole } from './pending.js';
import { pathOf } from './selected.js';

/**
 * Executes the fields of an object (GraphQL, 6.3), all of them or those that are left.
 *
 * @param values of the first fields; more are added
 * @param whole where some of those are pending
 * @returns the object, or something `Pending`
 * @throws {GraphQLError} of the first field that cannot be null, and is
 */
export function executeFields(
  execution: Execution,
  fields: readonly Field[],
  source: unknown,
  path: ResponsePath | undefined,
  values: unknown[] = [],
  whole?: Whole,
): unknown {
  try {
    for (let field = fields[values.length]; field !== undefined; field = fields[values.length]) {
      const value = field.run(execution, source, path);
      if (value instanceof Pending) {
        whole = awaitPart(execution, whole, value, field.responseName);
        values.push(undefined);
      } else {
        values.push(value);
      }
    }
  } catch (error) {
    return failWith(error, whole);
  }
  const parts = toObject(fields, values);
  return whole === undefined ? parts : whole.of(parts);
}

/** {@link executeFields} from where reading a property has thrown: that of the field after those of `values`. */
export function executeFieldsAfter(
  raw: unknown,
  execution: Execution,
  fields: readonly Field[],
  source: unknown,
  path: ResponsePath | undefined,
  values: unknown[],
  whole: Whole | undefined,
): unknown {
  const field = fields[values.length];
  if (field === undefined) throw raw;
  try {
    values.push(execution.fail(field, pathOf(field, path), raw));
  } catch (error) {
    return failWith(error, whole);
  }
  return executeFields(execution, fields, source, path, values, whole);
}

/** What waits for the pending parts of an object, with one more. */
export function awaitPart(
  execution: Execution,
  whole: Whole | undefined,
  part: Pending,
  responseName: string,
): Whole {
  const waiting = whole ?? new Whole(execution, OBJECT);
  waiting.await(part, responseName);
  return waiting;
}

/** Fields that are pending have their time, so that none is left behind, and then the object fails. */
function failWith(error: unknown, whole: Whole | undefined): Whole {
  if (whole === undefined) throw error;
  return whole.failLate(error);
}

function toObject(fields: readonly Field[], values: readonly unknown[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [index, { responseName }] of fields.entries()) setOwn(object, responseName, values[index]);
  return object;
}

/** `__proto__` is a name like any other to GraphQL. */
export function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}
