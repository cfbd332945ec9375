import { readFileSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

type Json = Record<string, unknown>;

interface ResponseObject {
  readonly headers?: Record<string, HeaderObject>;
  readonly content?: { readonly 'application/json': { readonly schema: Json } };
}

interface HeaderObject {
  readonly required?: boolean;
  readonly schema: Json;
}

interface OperationObject {
  readonly operationId: string;
  readonly responses: Record<string, ResponseObject | { readonly $ref: string }>;
}

interface Document {
  readonly paths: Record<string, Record<string, OperationObject | undefined>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

const document = parse(readFileSync('schema/demand-api.openapi.yaml', 'utf8'), { merge: true }) as Document;
const operations = new Map(
  Object.values(document.paths)
    .flatMap((path) => Object.values(path))
    .filter((operation) => operation?.operationId !== undefined)
    .map((operation) => [operation!.operationId, operation!]),
);

// TypeScript must not resolve this import, because the script has no types.
const generator = pathToFileURL(resolvePath('schema/contract.mjs')).href;
const { ofAnyVersion } = (await import(generator)) as { ofAnyVersion: (schemas: Json) => Json };

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
formats.default(ajv);
for (const format of ['ulid', 'ULID', 'etag', 'base64', 'int']) ajv.addFormat(format, true);
ajv.addVocabulary(['components', 'example', 'x-enum-varnames', 'x-older-versions', 'x-bits']);

/** The newest version of the contract, or what older versions may return. */
export type ContractVersion = 'newest' | 'older';
const { schemas } = document.components;
ajv.addSchema({ $id: 'newest', components: { schemas: closed(schemas) } });
const capitalised = { type: 'string', enum: ['Scheduled', 'Live', 'Paused', 'Completed'] };
ajv.addSchema({
  $id: 'older',
  components: { schemas: { ...closed(ofAnyVersion(schemas)), FieldingRunStatus: capitalised } },
});
const validators = new Map<string, ValidateFunction>();

/** Every documented response, as `[operationId, status]`. */
export const documented: readonly (readonly [string, number])[] = [...operations].flatMap(
  ([operationId, { responses }]) =>
    Object.keys(responses).map((status) => [operationId, Number(status)] as const),
);

/** Lists how a response deviates from the contract. */
export async function contractViolations(
  operationId: string,
  response: Response,
  version: ContractVersion = 'newest',
): Promise<string[]> {
  const documentedResponse = operations.get(operationId)?.responses[response.status];
  if (documentedResponse === undefined) return [`${operationId} does not document ${response.status}`];
  const { headers = {}, content } = resolve<ResponseObject>(documentedResponse);
  const text = await response.text();
  return [
    ...headerViolations(headers, response),
    ...bodyViolations(content?.['application/json'].schema, response, text, version),
  ];
}

function headerViolations(headers: Record<string, HeaderObject>, response: Response): string[] {
  return Object.entries(headers).flatMap(([name, reference]) => {
    const header = resolve<HeaderObject>(reference);
    const value = response.headers.get(name);
    if (value === null) return header.required === true ? [`${name} is missing`] : [];
    const isNumber = header.schema['type'] === 'integer';
    return schemaViolations(`header ${name}`, header.schema, isNumber ? Number(value) : value, 'newest');
  });
}

function bodyViolations(
  schema: Json | undefined,
  response: Response,
  text: string,
  version: ContractVersion,
): string[] {
  if (schema === undefined) return text === '' ? [] : [`unexpected body: ${text}`];
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/json')) return [`the content type is ${type}`];
  return schemaViolations('body', schema, JSON.parse(text), version);
}

function schemaViolations(what: string, schema: Json, value: unknown, version: ContractVersion): string[] {
  const key = version + JSON.stringify(schema);
  const validate = validators.get(key) ?? ajv.compile(inContract(schema, version));
  validators.set(key, validate);
  return validate(value) ? [] : [`${what}: ${ajv.errorsText(validate.errors)}`];
}

/** Forbids properties that the contract does not document. */
function closed<Node>(node: Node): Node {
  if (Array.isArray(node)) return node.map(closed) as Node;
  if (typeof node !== 'object' || node === null) return node;
  const inner = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed<unknown>(value)]));
  const isClosable = typeof inner['properties'] === 'object' && inner['type'] !== undefined;
  return { ...inner, ...(isClosable && { additionalProperties: false }) } as Node;
}

function inContract(schema: Json, version: ContractVersion): Json {
  return typeof schema['$ref'] === 'string' ? { $ref: `${version}${schema['$ref']}` } : schema;
}

function resolve<Target>(value: object): Target {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as Target;
  const path = value.$ref.replace('#/', '').split('/');
  return path.reduce<unknown>((node, name) => (node as Json)[name], document) as Target;
}
