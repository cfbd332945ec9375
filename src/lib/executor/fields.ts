import type { ResponsePath } from 'graphql';
import type { Execution } from './execution.js';
import type { Field } from './field.js';
import { PendingContainer, PendingValue } from './pending.js';
import { fieldPath } from './selected-field.js';

/**
 * Executes the fields of an object (GraphQL, 6.3).
 *
 * @param values the values of fields that have been executed already; the others are appended
 * @param container set if some of those values are pending
 * @returns the object, or a `PendingValue`
 * @throws {GraphQLError} of the first non-nullable field that fails
 */
export function executeFields(
  execution: Execution,
  fields: readonly Field[],
  source: unknown,
  path: ResponsePath | undefined,
  values: unknown[] = [],
  container?: PendingContainer,
): unknown {
  try {
    for (let field = fields[values.length]; field !== undefined; field = fields[values.length]) {
      const value = field.run(execution, source, path);
      if (value instanceof PendingValue) {
        container = addPendingField(execution, container, value, field.responseName);
        values.push(undefined);
      } else {
        values.push(value);
      }
    }
  } catch (error) {
    return failObject(error, container);
  }
  const object = toObject(fields, values);
  return container === undefined ? object : container.withChildren(object);
}

/** Continues with {@link executeFields} after generated code caught an error in the field that follows those in `values`. */
export function resumeFields(
  raw: unknown,
  execution: Execution,
  fields: readonly Field[],
  source: unknown,
  path: ResponsePath | undefined,
  values: unknown[],
  container: PendingContainer | undefined,
): unknown {
  const field = fields[values.length];
  if (field === undefined) throw raw;
  try {
    values.push(execution.fail(field, fieldPath(field, path), raw));
  } catch (error) {
    return failObject(error, container);
  }
  return executeFields(execution, fields, source, path, values, container);
}

/** Adds a pending field to its object's container, which is created for the first one. */
export function addPendingField(
  execution: Execution,
  container: PendingContainer | undefined,
  value: PendingValue,
  responseName: string,
): PendingContainer {
  const parent = container ?? new PendingContainer(execution);
  parent.addChild(value, responseName);
  return parent;
}

/** Lets pending fields settle before the object fails, as graphql-js does. */
function failObject(error: unknown, container: PendingContainer | undefined): PendingContainer {
  if (container === undefined) throw error;
  return container.failWhenSettled(error);
}

function toObject(fields: readonly Field[], values: readonly unknown[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [index, { responseName }] of fields.entries()) setProperty(object, responseName, values[index]);
  return object;
}

/** `__proto__` is a valid name in GraphQL. */
export function setProperty(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}
