import type { Variables, VariableUse } from './plan.js';

/** The list size that a slicing argument requests: a number, or the length of a list. */
export function sizeIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return Array.isArray(value) ? value.length : undefined;
}

/** The value of a variable before coercion: the one that was sent, otherwise the default. */
export function valueOf({ name, defaultValue }: VariableUse, variables: Variables): unknown {
  return Object.hasOwn(variables, name) ? variables[name] : defaultValue;
}
