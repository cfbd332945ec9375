import type { Variables, VariableUse } from './plan.js';

/** The value of a variable before it is coerced: the one that was sent, else the default in its definition. */
export function valueOf({ name, defaultValue }: VariableUse, variables: Variables): unknown {
  return Object.hasOwn(variables, name) ? variables[name] : defaultValue;
}
