import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';
import { TargetGroupStatus } from '../../contract/demand-api.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

const text = { type: 'string' } as const;
const ulid = { type: 'string', pattern: '^[0-9A-Z]{26}$' } as const;
export const uuid = { type: 'string', format: 'uuid' } as const;
export const timestampText = { type: 'string', format: 'date-time' } as const;
export const targetGroupStatuses = {
  type: 'array',
  items: { enum: Object.values(TargetGroupStatus) },
} as const;
export const countries = { type: 'array', items: { type: 'string', pattern: '^[a-z]{2}$' } } as const;
export const languages = { type: 'array', items: { type: 'string', pattern: '^[a-z]{3}$' } } as const;
/** The target groups of one job, up to its maximum. */
export const targetGroupIds = { type: 'array', minItems: 1, maxItems: 1000, items: ulid } as const;

const pathParameters: Readonly<Record<string, JsonSchema>> = {
  account_id: { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
  project_id: ulid,
  target_group_id: ulid,
};

/** The schema of a contract path's parameters. */
export function pathSchema(path: string): JsonSchema {
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
  return objectSchema(Object.fromEntries(names.map((name) => [name, pathParameters[name] ?? text])));
}

/** The schema of every request's headers. The version header's presence is checked earlier. */
export function headerSchema(isKeyed: boolean): JsonSchema {
  return objectSchema(
    {
      'cint-api-version': { type: 'string', format: 'date' },
      'idempotency-key': { type: 'string', minLength: 1, maxLength: 255 },
    },
    isKeyed ? ['idempotency-key'] : [],
  );
}

export const pageParameters = {
  page_size: { type: 'integer', minimum: 1, maximum: 100 },
  start_after: text,
  end_before: text,
} as const;

export function objectSchema(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return { type: 'object', properties, required };
}

/** The schemas are part of this program, and a test compares them with the meta-schema, which takes as long to compile as they do. */
const KNOWN_TO_BE_VALID = { meta: false, validateSchema: false } as const;

/**
 * Compiles request schemas when the first request needs them: all of them took longer than the rest of the start. Path and query
 * values are coerced to numbers and arrays; JSON bodies are not coerced.
 */
export function schemaCompiler(): FastifySchemaCompiler<JsonSchema> {
  const strict = withFormats(new Ajv({ ...KNOWN_TO_BE_VALID, strict: true, allErrors: true }));
  const coercing = withFormats(
    new Ajv({ ...KNOWN_TO_BE_VALID, strict: true, allErrors: true, coerceTypes: 'array' }),
  );
  return ({ schema, httpPart }) => {
    let validate: ValidateFunction | undefined;
    return (data: unknown) => {
      validate ??= (httpPart === 'body' ? strict : coercing).compile(schema);
      return validate(data) ? true : { error: validate.errors ?? [] };
    };
  };
}

function withFormats(ajv: Ajv): Ajv {
  formats.default(ajv);
  return ajv;
}
