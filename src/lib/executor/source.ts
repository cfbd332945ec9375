import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  TypeNameMetaFieldDef,
  type GraphQLLeafType,
} from 'graphql';
import type { Shape, Slot } from './execution.js';
import { PropertyField, type Field } from './field.js';

/**
 * The code that makes a function to execute objects with, from `fields` and `runtime`. In it, `v3` is the value of the field
 * of index 3. What it does not know how to take is left to the field itself; when something is thrown, the
 * rest of the object is left to `executeFieldsAfter`.
 *
 * @param fields whose names have been checked
 * @param calls the names of what is in `runtime`
 */
export function sourceOf(fields: readonly Field[], calls: readonly string[]): string {
  const values = fields.map((_, index) => `v${index}`);
  return `'use strict';
const { ${calls.join(', ')} } = runtime;
const iterate = Array.prototype.values;
${fields.map(declarations).join('\n')}
return (execution, source, path) => {
  let ${['at = 0', 'whole', ...values].join(', ')};
  try {
    const object = propertiesOf(source);
    ${fields.map(assignment).join('\n    ')}
  } catch (raw) {
    return executeFieldsAfter(raw, execution, fields, source, path, [${values.join(', ')}].slice(0, at), whole);
  }
  const object = { ${fields.map(property).join(', ')} };
  return whole === undefined ? object : whole.of(object);
};`;
}

/** What of a field is the same for all objects. */
function declarations(field: Field, index: number): string {
  const { shape } = field;
  const declaration = `const field${index} = fields[${index}];`;
  if (!(field instanceof PropertyField)) return declaration;
  if (shape.kind === 'object') return `${declaration} const plan${index} = field${index}.shape.plan();`;
  if (shape.kind === 'list') return `${declaration} const list${index} = ${listSource(shape.item, index)};`;
  return declaration;
}

/** Gives the variable of a field its value. */
function assignment(field: Field, index: number): string {
  const v = `v${index}`;
  if (field.definition === TypeNameMetaFieldDef) return `${v} = '${field.parentType.name}';`;
  const settle = `if (${v} instanceof Pending) {
        whole = awaitPart(execution, whole, ${v}, '${field.responseName}');
        ${v} = undefined;
      }`;
  if (!(field instanceof PropertyField))
    return `at = ${index}; ${v} = field${index}.run(execution, source, path); ${settle}`;
  const take = `${v} = field${index}.take(execution, source, ${v}, path);`;
  return `at = ${index}; ${v} = object.${field.definition.name};
    if (${field.nullable ? `${v} !== null` : 'true'}${except(field.shape, v)}) {
      ${execute(field, index, take)}
      ${settle}
    }`;
}

/** Leaves values that are leaves of the response as they are. */
function except(shape: Shape, value: string): string {
  const isAsItIs = shape.kind === 'leaf' ? AS_THEY_ARE.get(shape.type) : undefined;
  return isAsItIs === undefined ? '' : ` && !(${isAsItIs(value)})`;
}

function execute({ shape, responseName, parentType }: Field, index: number, take: string): string {
  if (shape.kind !== 'object' && shape.kind !== 'list') return take;
  const [v, path] = [`v${index}`, `path${index}`];
  const [isExpected, callee] =
    shape.kind === 'object' ? [isObject(v), `plan${index}.execute`] : [isArray(v), `list${index}`];
  return `if (${isExpected}) {
        const ${path} = { prev: path, key: '${responseName}', typename: '${parentType.name}' };
        try { ${v} = ${callee}(execution, ${v}, ${path}); } catch (raw) { ${v} = execution.fail(field${index}, ${path}, raw); }
        if (${v} instanceof Pending) ${v}.at(field${index}, ${path});
      } else ${take}`;
}

/** A function for the items of a list. It is `completeItem` that knows how to take the unexpected ones. */
function listSource({ nullable, shape }: Slot, index: number): string {
  const complete = `completeItem(execution, item, value, itemPath, path)`;
  return `((item) => {
  ${shape.kind === 'object' ? 'const plan = item.shape.plan();' : ''}
  return (execution, values, path) => {
    const parts = [];
    let whole;
    for (let key = 0; key < values.length; key += 1) {
      let value = values[key];
      if (${nullable ? 'value !== null' : 'true'}${except(shape, 'value')}) {
        const itemPath = { prev: path, key, typename: undefined };
        ${
          shape.kind === 'object'
            ? `try { value = ${isObject('value')} ? plan.execute(execution, value, itemPath) : ${complete}; }
        catch (raw) { value = execution.fail(item, itemPath, raw); }`
            : `value = ${complete};`
        }
        if (value instanceof Pending) {
          value.at(item, itemPath);
          whole ??= new Whole(execution, LIST);
          whole.await(value, key);
          value = undefined;
        }
      }
      parts.push(value);
    }
    return whole === undefined ? parts : whole.of(parts);
  };
})(field${index}.shape.item)`;
}

function property({ responseName }: Field, index: number): string {
  // As a name without brackets, this one would make a prototype of the value.
  return responseName === '__proto__' ? `['__proto__']: v${index}` : `${responseName}: v${index}`;
}

function isObject(value: string): string {
  return `typeof ${value} === 'object' && ${value} !== null && typeof ${value}.then !== 'function' && !(${value} instanceof Error)`;
}

function isArray(value: string): string {
  return `Array.isArray(${value}) && ${value}[Symbol.iterator] === iterate && typeof ${value}.then !== 'function'`;
}

/** Which values the specified scalars serialize as themselves. */
const AS_THEY_ARE = new Map<GraphQLLeafType, (value: string) => string>([
  [GraphQLString, (value) => `typeof ${value} === 'string'`],
  [GraphQLID, (value) => `typeof ${value} === 'string'`],
  [GraphQLInt, (value) => `typeof ${value} === 'number' && (${value} | 0) === ${value}`],
  [GraphQLFloat, (value) => `typeof ${value} === 'number' && ${value} - ${value} === 0`],
  [GraphQLBoolean, (value) => `typeof ${value} === 'boolean'`],
]);
