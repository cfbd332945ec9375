import { isEnumType, isInputObjectType, isListType, isNonNullType, type GraphQLInputType } from 'graphql';
import type { Choices } from './random.js';

const SCALARS: Readonly<Record<string, readonly (readonly [literal: string, value: unknown])[]>> = {
  Int: [
    ['1', 1],
    ['-5', -5],
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
  ],
  Float: [
    ['0.5', 0.5],
    ['3', 3],
  ],
  Boolean: [
    ['true', true],
    ['false', false],
  ],
  String: [
    ['"text"', 'text'],
    ['""', ''],
  ],
  ID: [
    ['"id"', 'id'],
    ['7', 7],
  ],
  DateTime: [['"2026-03-01T09:00:00.000Z"', '2026-03-01T09:00:00.000Z']],
};

/** Inputs of other custom scalars. */
const CUSTOM = [
  ['3', 3],
  ['"three"', 'three'],
] as const;

/** A random value of a type as a GraphQL literal. */
export function literal(type: GraphQLInputType, choices: Choices, depth = 0): string {
  if (isNonNullType(type)) return literal(type.ofType, choices, depth);
  if (choices.inPercent(5)) return 'null';
  if (isListType(type)) {
    const items = Array.from({ length: choices.number(3) }, () => literal(type.ofType, choices, depth));
    return choices.inPercent(10) ? literal(type.ofType, choices, depth) : `[${items.join(', ')}]`;
  }
  if (isEnumType(type)) return choices.of(type.getValues()).name;
  if (!isInputObjectType(type)) return choices.of(SCALARS[type.name] ?? CUSTOM)[0];
  const fields = Object.values(type.getFields()).filter(
    (field) => isNonNullType(field.type) || (depth < 2 && choices.inPercent(40)),
  );
  return `{ ${fields.map((field) => `${field.name}: ${literal(field.type, choices, depth + 1)}`).join(', ')} }`;
}

const INVALID = [null, 'wrong', -1.5, true, [], { wrong: 1 }, 2147483648, -2147483649, 4294967296, 2 ** 53];

/** A random value of a type as a variable, rarely an invalid one. */
export function jsonValue(type: GraphQLInputType, choices: Choices, depth = 0): unknown {
  if (choices.inPercent(2)) return choices.of<unknown>(INVALID);
  if (isNonNullType(type)) return jsonValue(type.ofType, choices, depth);
  if (choices.inPercent(5)) return null;
  if (isListType(type)) {
    if (choices.inPercent(10)) return jsonValue(type.ofType, choices, depth);
    return Array.from({ length: choices.number(3) }, () => jsonValue(type.ofType, choices, depth));
  }
  if (isEnumType(type)) return choices.of(type.getValues()).name;
  if (!isInputObjectType(type)) return choices.of(SCALARS[type.name] ?? CUSTOM)[1];
  const fields = Object.values(type.getFields()).filter(
    (field) => isNonNullType(field.type) || (depth < 2 && choices.inPercent(40)),
  );
  return Object.fromEntries(fields.map((field) => [field.name, jsonValue(field.type, choices, depth + 1)]));
}
