import type { Variables, VariableUse } from './plan.js';

/** The size that a slicing argument asks for: a number, or the length of a list. */
export function sizeIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return Array.isArray(value) ? value.length : undefined;
}

/** The value of a variable before it is coerced: the one that was sent, else the default in its definition. */
export function valueOf({ name, defaultValue }: VariableUse, variables: Variables): unknown {
  return Object.hasOwn(variables, name) ? variables[name] : defaultValue;
}
