/**
 * Code that is made for one plan: a function that reads the very properties that are selected, and writes the very object of
 * the response. Engines make such a function fast, since it meets objects of the same form each time; a loop over fields
 * meets those of all plans. Only what is as expected is done here, all else is called.
 */
import type { ObjectPlan } from './execution.js';
import type { Field } from './field.js';
import { awaitPart, executeFieldsAfter } from './fields.js';
import { completeItem } from './list.js';
import { LIST, Pending, Whole } from './pending.js';
import { propertiesOf } from './selected.js';
import { sourceOf } from './source.js';

const runtime = { awaitPart, completeItem, executeFieldsAfter, LIST, Pending, propertiesOf, Whole };

type Make = (fields: readonly Field[], calls: typeof runtime) => ObjectPlan['execute'];

/** GraphQL, 2.1.9. Nothing else that comes from a document gets into the code. */
const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;

/** @returns undefined where no code is made from text, as under `--disallow-code-generation-from-strings` */
export function generateExecute(fields: readonly Field[]): ObjectPlan['execute'] | undefined {
  const names = fields.flatMap((field) => [field.responseName, field.definition.name, field.parentType.name]);
  if (!names.every((name) => NAME.test(name))) return undefined;
  const source = sourceOf(fields, Object.keys(runtime));
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- all names in it have been checked
    return (new Function('fields', 'runtime', source) as Make)(fields, runtime);
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}
