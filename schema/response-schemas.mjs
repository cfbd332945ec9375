/**
 * The schemas of `demand-api.openapi.yaml`, relaxed to what the gateway insists on when an answer enters. "Be liberal in
 * what you accept": a new enum value, another text format or a null in place of a missing optional property is no reason
 * to refuse an answer; a wrong type or a missing required property is.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const source = new URL('./demand-api.openapi.yaml', import.meta.url);

const KEPT = new Set(['$ref', 'type', 'properties', 'required', 'items', 'minimum', 'maximum']);

const { components } = parse(readFileSync(source, 'utf8'), { merge: true });

/** By their names. They may refer to each other, and to nothing else. */
export const responseSchemas = Object.fromEntries(
  Object.entries(components.schemas).map(([name, schema]) => [name, relax(schema)]),
);

/** The name of the schema that one refers to. */
export function nameOf($ref) {
  return $ref.split('/').at(-1);
}

function relax(schema) {
  const kept = Object.entries(withBounds(schema)).filter(([keyword]) => KEPT.has(keyword));
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, relaxKeyword(keyword, value)]));
}

/** An integer that JSON.parse cannot keep exact, or that GraphQL's Int cannot hold, is of no use. */
function withBounds(schema) {
  if (schema.type !== 'integer') return schema;
  return schema.format === 'int64'
    ? { ...schema, minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
    : { ...schema, minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
}

function relaxKeyword(keyword, value) {
  if (keyword === 'items') return relax(value);
  if (keyword !== 'properties') return value;
  return Object.fromEntries(Object.entries(value).map(([name, property]) => [name, relax(property)]));
}
