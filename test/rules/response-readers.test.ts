import { describe, expect, test } from '@jest/globals';
import fc, { type Arbitrary } from 'fast-check';
import * as readers from '../../src/contract/response-readers.js';
import { responseSchemas } from '../../src/contract/response-schemas.js';
import { readJson, type JsonReader } from '../../src/lib/json/read-json.js';
import { bodies } from '../../src/upstream/resources/validation.js';
import { codePoint } from '../lib/http1/code-point.js';
import { latin1Of } from '../helpers/latin1.js';
import { randomRuns } from '../helpers/random-runs.js';

/** The parts of a response schema. */
interface Schema {
  /** A schema without a type accepts any value. */
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

/** Prevents reading in one pass without changing the parsed value. */
const BYTE_ORDER_MARK = latin1Of('\ufeff');

/** An undocumented name, and two names from other schemas. */
const unknownProperties = fc.dictionary(fc.constantFrom('mood', 'iD', 'idx', '"'), fc.jsonValue(), {
  maxKeys: 2,
});

/** @param broken the percentage of values of another type */
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
      return fc.string({ unit: codePoint, maxLength: 12 });
    case 'array':
      return fc.array(valueOf(schema.items!, broken), { maxLength: 3 });
    default:
      return objectOf(schema, broken);
  }
}

/** An object with its properties in any order, and unknown ones. */
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

/** Everything that can be read of a value, with errors in place of unreadable properties. */
function outcomeOf(read: () => unknown, schema: Schema): unknown {
  try {
    const value = read();
    if (schema.type === undefined) return value;
    if (Array.isArray(value))
      return value.map((_, index) => outcomeOf(() => value[index] as unknown, schema.items!));
    if (typeof value !== 'object' || value === null) return value;
    const names = Object.entries(schema.properties ?? {});
    return Object.fromEntries(
      names.map(([name, property]) => [
        name,
        outcomeOf(() => (value as Record<string, unknown>)[name], property),
      ]),
    );
  } catch (error) {
    return String(error);
  }
}

describe.each(BODIES)('%s', (_name, schema, reader, read) => {
  const written = (broken: number) =>
    fc.tuple(objectOf(schema, broken), fc.nat(2)).map(([body, indent]) => JSON.stringify(body, null, indent));

  test('is read in one pass if it is valid', () => {
    fc.assert(
      fc.property(written(0), (body) => {
        const expected = outcomeOf(() => JSON.parse(body) as unknown, schema);
        expect(outcomeOf(() => readJson(latin1Of(body), reader), schema)).toEqual(expected);
      }),
      { numRuns: randomRuns(50, 15) },
    );
  });

  test('reads the same in one pass as with the parser, whatever its faults', () => {
    fc.assert(
      fc.property(written(10), (body) => {
        const parsed = outcomeOf(() => read(BYTE_ORDER_MARK + latin1Of(body)), schema);
        expect(outcomeOf(() => read(latin1Of(body)), schema)).toEqual(parsed);
      }),
      { numRuns: randomRuns(100, 30) },
    );
  });
});
