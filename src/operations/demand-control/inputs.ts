import {
  getNullableType,
  isInputObjectType,
  isListType,
  Kind,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type ValueNode,
} from 'graphql';
import type { VariableInput, VariableUse } from './plan.js';

/** Whether values of a type can have input objects, which weigh 1 each. All other inputs weigh nothing. */
function hasInputObjects(type: GraphQLInputType): boolean {
  const nullable = getNullableType(type);
  return isListType(nullable) ? hasInputObjects(nullable.ofType) : isInputObjectType(nullable);
}

const knownFields = new WeakMap<GraphQLInputObjectType, readonly GraphQLInputField[]>();

function fieldsWithInputObjects(type: GraphQLInputObjectType): readonly GraphQLInputField[] {
  let fields = knownFields.get(type);
  if (fields === undefined) {
    fields = Object.values(type.getFields()).filter((field) => hasInputObjects(field.type));
    knownFields.set(type, fields);
  }
  return fields;
}

/**
 * The number of input objects in the value of a variable. A value of the wrong type is rejected later, and counts 0.
 */
export function inputObjectsIn(type: GraphQLInputType, value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    if (!hasInputObjects(nullable.ofType)) return 0;
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return items.reduce<number>((sum, item) => sum + inputObjectsIn(nullable.ofType, item), 0);
  }
  if (!isInputObjectType(nullable)) return 0;
  let count = 1;
  for (const { name, type: inner, defaultValue } of fieldsWithInputObjects(nullable)) {
    const given = Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
    count += inputObjectsIn(inner, given === undefined ? defaultValue : given);
  }
  return count;
}

interface InputWeight {
  /** Input objects that are written out in the document. */
  readonly fixed: number;
  readonly variables: readonly VariableInput[];
}

/** The input objects in a value in the document. */
export function inputWeight(
  type: GraphQLInputType,
  value: ValueNode,
  variableNamed: (name: string) => VariableUse,
): InputWeight {
  const found = { fixed: 0, variables: [] as VariableInput[] };
  const collect = (at: GraphQLInputType, node: ValueNode): void => {
    if (!hasInputObjects(at)) return;
    const nullable = getNullableType(at);
    if (node.kind === Kind.VARIABLE) {
      found.variables.push({ type: at, variable: variableNamed(node.name.value) });
    } else if (isListType(nullable)) {
      for (const item of node.kind === Kind.LIST ? node.values : [node]) collect(nullable.ofType, item);
    } else if (isInputObjectType(nullable) && node.kind === Kind.OBJECT) {
      found.fixed += 1;
      const given = new Map(node.fields.map((field) => [field.name.value, field.value]));
      for (const { name, type: inner, defaultValue } of fieldsWithInputObjects(nullable)) {
        const part = given.get(name);
        if (part !== undefined) collect(inner, part);
        else found.fixed += inputObjectsIn(inner, defaultValue);
      }
    }
  };
  collect(type, value);
  return found;
}
