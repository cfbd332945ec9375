/** Writes `src/contract/demand-api.ts`: the types of the REST contract, for any version of the API. */
import { writeFileSync } from 'node:fs';
import openapiTypes, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { contract, ofAnyVersion } from './contract.mjs';

const target = new URL('../src/contract/demand-api.ts', import.meta.url);

/** An enum with a single value becomes a literal, which needs no named type. */
function withLiterals(node) {
  if (Array.isArray(node)) return node.map(withLiterals);
  if (typeof node !== 'object' || node === null) return node;
  const { enum: values, ...rest } = node;
  const others = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withLiterals(value)]));
  if (!Array.isArray(values))
    return { ...others, ...(values !== undefined && { enum: withLiterals(values) }) };
  return values.length === 1 ? { ...others, const: values[0] } : { ...others, enum: values };
}

const types = await openapiTypes(withLiterals(ofAnyVersion(contract)), {
  enum: true,
  immutable: true,
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
});
writeFileSync(target, COMMENT_HEADER + astToString(types));
