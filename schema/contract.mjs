/** Reads `demand-api.openapi.yaml`, and merges what older versions of the API send (`x-older-versions`) into it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const source = new URL('./demand-api.openapi.yaml', import.meta.url);

/** The contract of the newest version. */
export const contract = parse(readFileSync(source, 'utf8'), { merge: true });

/** The name of the schema in a reference. */
export function nameOf($ref) {
  return $ref.split('/').at(-1);
}

/**
 * Merges the versions of a contract node. Properties that only some versions send are optional; if the versions differ
 * in form, all forms are allowed.
 */
export function ofAnyVersion(node) {
  if (Array.isArray(node)) return node.map(ofAnyVersion);
  if (typeof node !== 'object' || node === null) return node;
  const { 'x-older-versions': older, ...newest } = node;
  const merged = Object.fromEntries(Object.entries(newest).map(([key, value]) => [key, ofAnyVersion(value)]));
  if (older === undefined) return merged;
  const { optional = [], properties, schema } = older;
  if (merged.required) merged.required = merged.required.filter((name) => !optional.includes(name));
  if (properties) merged.properties = { ...merged.properties, ...ofAnyVersion(properties) };
  return schema === undefined ? merged : { anyOf: [merged, schema] };
}
