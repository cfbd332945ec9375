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

// A plain script without types: TypeScript is not to look for them.
const generator = pathToFileURL(resolvePath('schema/contract.mjs')).href;
const { ofAnyVersion } = (await import(generator)) as { ofAnyVersion: (schemas: Json) => Json };

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
formats.default(ajv);
for (const format of ['ulid', 'ULID', 'etag', 'base64', 'int']) ajv.addFormat(format, true);
ajv.addVocabulary(['components', 'example', 'x-enum-varnames', 'x-older-versions', 'x-bits']);

/** The contract as the newest version has it, and as older ones may answer. */
export type Shape = 'newest' | 'older';
const { schemas } = document.components;
ajv.addSchema({ $id: 'newest', components: { schemas: closed(schemas) } });
const capitalised = { type: 'string', enum: ['Scheduled', 'Live', 'Paused', 'Completed'] };
ajv.addSchema({
  $id: 'older',
  components: { schemas: { ...closed(ofAnyVersion(schemas)), FieldingRunStatus: capitalised } },
});
const validators = new Map<string, ValidateFunction>();

/** Every answer that the contract documents, as `[operationId, status]`. */
export const documented: readonly (readonly [string, number])[] = [...operations].flatMap(
  ([operationId, { responses }]) =>
    Object.keys(responses).map((status) => [operationId, Number(status)] as const),
);

/** What of an answer is not as the contract documents it; empty where all is. */
export async function flawsOf(
  operationId: string,
  response: Response,
  shape: Shape = 'newest',
): Promise<string[]> {
  const answer = operations.get(operationId)?.responses[response.status];
  if (answer === undefined) return [`${operationId} does not document ${response.status}`];
  const { headers = {}, content } = resolve<ResponseObject>(answer);
  const text = await response.text();
  return [
    ...headerFlaws(headers, response),
    ...bodyFlaws(content?.['application/json'].schema, response, text, shape),
  ];
}

function headerFlaws(headers: Record<string, HeaderObject>, response: Response): string[] {
  return Object.entries(headers).flatMap(([name, reference]) => {
    const header = resolve<HeaderObject>(reference);
    const value = response.headers.get(name);
    if (value === null) return header.required === true ? [`${name} is missing`] : [];
    const isNumber = header.schema['type'] === 'integer';
    return schemaFlaws(`header ${name}`, header.schema, isNumber ? Number(value) : value, 'newest');
  });
}

function bodyFlaws(schema: Json | undefined, response: Response, text: string, shape: Shape): string[] {
  if (schema === undefined) return text === '' ? [] : [`there should be no body, but: ${text}`];
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/json')) return [`the content type is ${type}`];
  return schemaFlaws('body', schema, JSON.parse(text), shape);
}

function schemaFlaws(what: string, schema: Json, value: unknown, shape: Shape): string[] {
  const key = shape + JSON.stringify(schema);
  const validate = validators.get(key) ?? ajv.compile(inContract(schema, shape));
  validators.set(key, validate);
  return validate(value) ? [] : [`${what}: ${ajv.errorsText(validate.errors)}`];
}

/** The emulator promises the contract exactly, so what the contract does not name must not be there. */
function closed<Node>(node: Node): Node {
  if (Array.isArray(node)) return node.map(closed) as Node;
  if (typeof node !== 'object' || node === null) return node;
  const inner = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed<unknown>(value)]));
  const isClosable = typeof inner['properties'] === 'object' && inner['type'] !== undefined;
  return { ...inner, ...(isClosable && { additionalProperties: false }) } as Node;
}

function inContract(schema: Json, shape: Shape): Json {
  return typeof schema['$ref'] === 'string' ? { $ref: `${shape}${schema['$ref']}` } : schema;
}

function resolve<Target>(value: object): Target {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as Target;
  const path = value.$ref.replace('#/', '').split('/');
  return path.reduce<unknown>((node, name) => (node as Json)[name], document) as Target;
}
