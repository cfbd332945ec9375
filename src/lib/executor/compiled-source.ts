import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  TypeNameMetaFieldDef,
  type GraphQLLeafType,
} from 'graphql';
import type { Shape, Position } from './execution.js';
import { PropertyField, type Field } from './field.js';

/**
 * The body of a function of `fields` and `runtime` that returns an `ObjectPlan`'s `execute`. The variable `v3` holds the
 * value of the field with index 3. Unexpected values are left to the field, and after an error the remaining fields are left
 * to `resumeFields`.
 *
 * @param fields with names that are safe to insert into code
 * @param runtimeNames the properties of `runtime`
 */
export function sourceOf(fields: readonly Field[], runtimeNames: readonly string[]): string {
  const values = fields.map((_, index) => `v${index}`);
  return `'use strict';
const { ${runtimeNames.join(', ')} } = runtime;
const iterate = Array.prototype.values;
${fields.map(declarationSource).join('\n')}
return (execution, source, path) => {
  let ${['index = 0', 'container', ...values].join(', ')};
  try {
    const object = propertiesOf(source);
    ${fields.map(fieldSource).join('\n    ')}
  } catch (raw) {
    return resumeFields(raw, execution, fields, source, path, [${values.join(', ')}].slice(0, index), container);
  }
  const object = { ${fields.map(propertySource).join(', ')} };
  return container === undefined ? object : container.withChildren(object);
};`;
}

/** Declares the constants of a field. */
function declarationSource(field: Field, index: number): string {
  const { shape } = field;
  const declaration = `const field${index} = fields[${index}];`;
  if (!(field instanceof PropertyField)) return declaration;
  if (shape.kind === 'object') return `${declaration} const plan${index} = field${index}.shape.plan();`;
  if (shape.kind === 'list') return `${declaration} const list${index} = ${listSource(shape.item, index)};`;
  return declaration;
}

/** Assigns the variable of a field. */
function fieldSource(field: Field, index: number): string {
  const v = `v${index}`;
  if (field.definition === TypeNameMetaFieldDef) return `${v} = '${field.parentType.name}';`;
  const addIfPending = `if (${v} instanceof PendingValue) {
        container = addPendingField(execution, container, ${v}, '${field.responseName}');
        ${v} = undefined;
      }`;
  if (!(field instanceof PropertyField))
    return `index = ${index}; ${v} = field${index}.run(execution, source, path); ${addIfPending}`;
  const complete = `${v} = field${index}.take(execution, source, ${v}, path);`;
  return `index = ${index}; ${v} = object.${field.definition.name};
    if (${field.nullable ? `${v} !== null` : 'true'}${unlessUnchanged(field.shape, v)}) {
      ${completionSource(field, index, complete)}
      ${addIfPending}
    }`;
}

/** A condition that is false for leaf values that serialize as themselves. */
function unlessUnchanged(shape: Shape, value: string): string {
  const isUnchanged = shape.kind === 'leaf' ? UNCHANGED.get(shape.type) : undefined;
  return isUnchanged === undefined ? '' : ` && !(${isUnchanged(value)})`;
}

function completionSource(
  { shape, responseName, parentType }: Field,
  index: number,
  complete: string,
): string {
  if (shape.kind !== 'object' && shape.kind !== 'list') return complete;
  const [v, path] = [`v${index}`, `path${index}`];
  const [isExpected, callee] =
    shape.kind === 'object' ? [isObject(v), `plan${index}.execute`] : [isArray(v), `list${index}`];
  return `if (${isExpected}) {
        const ${path} = { prev: path, key: '${responseName}', typename: '${parentType.name}' };
        try { ${v} = ${callee}(execution, ${v}, ${path}); } catch (raw) { ${v} = execution.fail(field${index}, ${path}, raw); }
        if (${v} instanceof PendingValue) ${v}.locate(field${index}, ${path});
      } else ${complete}`;
}

/** A function that completes a list. Unexpected items are left to `completeItem`. */
function listSource({ nullable, shape }: Position, index: number): string {
  const complete = `completeItem(execution, item, value, itemPath, path)`;
  return `((item) => {
  ${shape.kind === 'object' ? 'const plan = item.shape.plan();' : ''}
  return (execution, values, path) => {
    const items = [];
    let container;
    for (let key = 0; key < values.length; key += 1) {
      let value = values[key];
      if (${nullable ? 'value !== null' : 'true'}${unlessUnchanged(shape, 'value')}) {
        const itemPath = { prev: path, key, typename: undefined };
        ${
          shape.kind === 'object'
            ? `try { value = ${isObject('value')} ? plan.execute(execution, value, itemPath) : ${complete}; }
        catch (raw) { value = execution.fail(item, itemPath, raw); }`
            : `value = ${complete};`
        }
        if (value instanceof PendingValue) {
          value.locate(item, itemPath);
          container ??= new PendingContainer(execution);
          container.addChild(value, key);
          value = undefined;
        }
      }
      items.push(value);
    }
    return container === undefined ? items : container.withChildren(items);
  };
})(field${index}.shape.item)`;
}

function propertySource({ responseName }: Field, index: number): string {
  // Without brackets, `__proto__: value` would set the prototype.
  return responseName === '__proto__' ? `['__proto__']: v${index}` : `${responseName}: v${index}`;
}

function isObject(value: string): string {
  return `typeof ${value} === 'object' && ${value} !== null && typeof ${value}.then !== 'function' && !(${value} instanceof Error)`;
}

function isArray(value: string): string {
  return `Array.isArray(${value}) && ${value}[Symbol.iterator] === iterate && typeof ${value}.then !== 'function'`;
}

/** The values that the specified scalars serialize as themselves. */
const UNCHANGED = new Map<GraphQLLeafType, (value: string) => string>([
  [GraphQLString, (value) => `typeof ${value} === 'string'`],
  [GraphQLID, (value) => `typeof ${value} === 'string'`],
  [GraphQLInt, (value) => `typeof ${value} === 'number' && (${value} | 0) === ${value}`],
  [GraphQLFloat, (value) => `typeof ${value} === 'number' && ${value} - ${value} === 0`],
  [GraphQLBoolean, (value) => `typeof ${value} === 'boolean'`],
]);
