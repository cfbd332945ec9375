/**
 * Generates a function for one plan that reads exactly the selected properties and builds the response object as one
 * literal. V8 optimizes it because its property accesses see one shape of object each, whereas those in a loop over fields
 * see the objects of all plans. Common values are completed in place; for all others it calls the interpreter.
 */
import type { ObjectPlan } from './execution.js';
import type { Field } from './field.js';
import { addPendingField, resumeFields } from './fields.js';
import { completeItem } from './list.js';
import { PendingContainer, PendingValue } from './pending.js';
import { propertiesOf } from './selected-field.js';
import { sourceOf } from './compiled-source.js';

const runtime = { addPendingField, completeItem, PendingContainer, PendingValue, propertiesOf, resumeFields };

type Factory = (fields: readonly Field[], runtimeValues: typeof runtime) => ObjectPlan['execute'];

/** GraphQL, 2.1.9. Only text that matches this is inserted into code. */
const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;

/** @returns undefined if code generation is disabled, as by `--disallow-code-generation-from-strings` */
export function compileFields(fields: readonly Field[]): ObjectPlan['execute'] | undefined {
  const names = fields.flatMap((field) => [field.responseName, field.definition.name, field.parentType.name]);
  if (!names.every((name) => NAME.test(name))) return undefined;
  const source = sourceOf(fields, Object.keys(runtime));
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the inserted names are checked above
    return (new Function('fields', 'runtime', source) as Factory)(fields, runtime);
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}
