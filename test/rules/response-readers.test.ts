import { describe, expect, test } from '@jest/globals';
import fc, { type Arbitrary } from 'fast-check';
import * as readers from '../../src/contract/response-readers.js';
import { responseSchemas } from '../../src/contract/response-schemas.js';
import { readJson, type JsonReader } from '../../src/lib/json/read-json.js';
import { bodies } from '../../src/upstream/validation.js';
import { latin1Of } from '../helpers/latin1.js';

/** What schemas of answers are made of. */
interface Schema {
  /** A schema without a type is of any value. */
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}

const schemas: Readonly<Record<string, Schema>> = responseSchemas.components.schemas;

/** Each body that the gateway reads: its schema, its reader, and the reader that falls back on a parser. */
const BODIES = Object.entries(bodies).map(([name, read]) => {
  const schemaName = name.replace(/^./, (letter) => letter.toUpperCase());
  const reader = readers[`read${schemaName}` as keyof typeof readers] as JsonReader<unknown>;
  return [schemaName, schemas[schemaName]!, reader, read] as const;
});

/** A text that cannot be read in one go, and is parsed as the same. */
const BYTE_ORDER_MARK = latin1Of('\ufeff');

/** A name that is documented nowhere, and two that are, elsewhere. */
const unknownProperties = fc.dictionary(fc.constantFrom('mood', 'iD', 'idx', '"'), fc.jsonValue(), {
  maxKeys: 2,
});

/** @param broken how many of a hundred values are something else */
function valueOf(schema: Schema, broken: number): Arbitrary<unknown> {
  if (schema.type === undefined) return fc.jsonValue({ maxDepth: 2 });
  const types = [schema.type].flat();
  const right = fc.oneof(...types.map((type) => valueOfType(type, schema, broken)));
  return fc.oneof(
    { weight: 100 - broken, arbitrary: right },
    { weight: broken, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  );
}

function valueOfType(type: string, schema: Schema, broken: number): Arbitrary<unknown> {
  const { minimum = -1e9, maximum = 1e9 } = schema;
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.maxSafeInteger().map((integer) => Math.min(Math.max(integer, minimum), maximum));
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 12 });
    case 'array':
      return fc.array(valueOf(schema.items!, broken), { maxLength: 3 });
    default:
      return objectOf(schema, broken);
  }
}

/** With its properties in any order, unknown ones among them. */
function objectOf({ properties = {}, required = [] }: Schema, broken: number): Arbitrary<object> {
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, valueOf(value, broken)])),
    { requiredKeys: broken === 0 ? [...required] : [], noNullPrototype: true },
  );
  return fc
    .tuple(known, unknownProperties, fc.boolean())
    .chain(([some, others, inOrder]) => {
      const entries = Object.entries({ ...others, ...some });
      return inOrder ? fc.constant(entries) : fc.shuffledSubarray(entries, { minLength: entries.length });
    })
    .map((entries) => Object.fromEntries(entries));
}

/** All that can be read of a value, and for what cannot the error in its place. */
function told(read: () => unknown, schema: Schema): unknown {
  try {
    const value = read();
    if (schema.type === undefined) return value;
    if (Array.isArray(value))
      return value.map((_, index) => told(() => value[index] as unknown, schema.items!));
    if (typeof value !== 'object' || value === null) return value;
    const names = Object.entries(schema.properties ?? {});
    return Object.fromEntries(
      names.map(([name, property]) => [name, told(() => (value as Record<string, unknown>)[name], property)]),
    );
  } catch (error) {
    return String(error);
  }
}

describe.each(BODIES)('%s', (_name, schema, reader, read) => {
  const written = (broken: number) =>
    fc.tuple(objectOf(schema, broken), fc.nat(2)).map(([body, indent]) => JSON.stringify(body, null, indent));

  test('is read in one go where it is as documented', () => {
    fc.assert(
      fc.property(written(0), (body) => {
        const expected = told(() => JSON.parse(body) as unknown, schema);
        expect(told(() => readJson(latin1Of(body), reader), schema)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('tells the same when it is read in one go and when it is parsed, whatever is wrong with it', () => {
    fc.assert(
      fc.property(written(10), (body) => {
        const parsed = told(() => read(BYTE_ORDER_MARK + latin1Of(body)), schema);
        expect(told(() => read(latin1Of(body)), schema)).toEqual(parsed);
      }),
      { numRuns: 100 },
    );
  });
});
