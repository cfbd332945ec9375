import { readFileSync } from 'node:fs';
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

const ajv = new Ajv2020({ strict: true, allErrors: true });
formats.default(ajv);
ajv.addVocabulary(['components', 'x-enum-varnames']);
ajv.addSchema({
  $id: 'contract',
  components: {
    schemas: Object.fromEntries(
      Object.entries(document.components.schemas).map(([name, schema]) => [name, closed(schema)]),
    ),
  },
});
const validators = new Map<string, ValidateFunction>();

/** Every answer that the contract documents, as `[operationId, status]`. */
export const documented: readonly (readonly [string, number])[] = [...operations].flatMap(
  ([operationId, { responses }]) =>
    Object.keys(responses).map((status) => [operationId, Number(status)] as const),
);

/** What of an answer is not as the contract documents it; empty where all is. */
export async function flawsOf(operationId: string, response: Response): Promise<string[]> {
  const answer = operations.get(operationId)?.responses[response.status];
  if (answer === undefined) return [`${operationId} does not document ${response.status}`];
  const { headers = {}, content } = resolve<ResponseObject>(answer);
  const text = await response.text();
  return [
    ...headerFlaws(headers, response),
    ...bodyFlaws(content?.['application/json'].schema, response, text),
  ];
}

function headerFlaws(headers: Record<string, HeaderObject>, response: Response): string[] {
  return Object.entries(headers).flatMap(([name, reference]) => {
    const header = resolve<HeaderObject>(reference);
    const value = response.headers.get(name);
    if (value === null) return header.required === true ? [`${name} is missing`] : [];
    return schemaFlaws(`header ${name}`, header.schema, value);
  });
}

function bodyFlaws(schema: Json | undefined, response: Response, text: string): string[] {
  if (schema === undefined) return text === '' ? [] : [`there should be no body, but: ${text}`];
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/json')) return [`the content type is ${type}`];
  return schemaFlaws('body', schema, JSON.parse(text));
}

function schemaFlaws(what: string, schema: Json, value: unknown): string[] {
  const key = JSON.stringify(schema);
  const validate = validators.get(key) ?? ajv.compile(inContract(schema));
  validators.set(key, validate);
  return validate(value) ? [] : [`${what}: ${ajv.errorsText(validate.errors)}`];
}

/** The emulator promises the contract exactly, so what the contract does not name must not be there. */
function closed(schema: Json): Json {
  return schema['properties'] === undefined ? schema : { ...schema, additionalProperties: false };
}

function inContract(schema: Json): Json {
  return typeof schema['$ref'] === 'string' ? { $ref: `contract${schema['$ref']}` } : schema;
}

function resolve<Target>(value: object): Target {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as Target;
  const path = value.$ref.replace('#/', '').split('/');
  return path.reduce<unknown>((node, name) => (node as Json)[name], document) as Target;
}
