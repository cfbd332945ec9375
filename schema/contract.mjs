/** `demand-api.openapi.yaml`, and with it what older versions of the API send (`x-older-versions`). */
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
 * A node of the contract as any version may send it: what older versions leave out is optional, what only they send is
 * optional too, and where they send another form, either form may stand.
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
