/** Reads `demand-api.openapi.yaml`, and merges into it what older versions of the API send (`x-older-versions`). */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const source = new URL('./demand-api.openapi.yaml', import.meta.url);

/** The newest version. */
export const contract = parse(readFileSync(source, 'utf8'), { merge: true });

/** The name of the schema that one refers to. */
export function nameOf($ref) {
  return $ref.split('/').at(-1);
}

/**
 * A node of the contract as any version may send it. What older versions leave out is optional, and so is what only they
 * send. Where they send another form, both forms are allowed.
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
