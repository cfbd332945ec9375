import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type * as rest from '../contract/demand-api.js';
import { responseSchemas } from '../contract/response-schemas.js';
import { badResponse } from './errors.js';

const ajv = new Ajv({ allErrors: true, strict: false, strictNumbers: true, validateFormats: false });
ajv.addSchema(responseSchemas, 'demand-api');

/** Checks a body where it enters. What it returns can be trusted, but for the properties that {@link guarded} guards. */
export type BodyReader<T> = (body: unknown) => T;

/** The readers of the bodies that the gateway uses, each from the schema of that name in the OpenAPI file. */
export const bodies = {
  accountList: readerOf<rest.AccountList>('AccountList'),
  project: readerOf<rest.Project>('Project'),
  projectOverview: readerOf<rest.ProjectOverview>('ProjectOverview'),
  projectList: readerOf<rest.ProjectList>('ProjectList'),
  targetGroupList: readerOf<rest.TargetGroupList>('TargetGroupList'),
  targetGroupOverview: readerOf<rest.TargetGroupOverview>('TargetGroupOverview'),
  targetGroupDetails: readerOf<rest.TargetGroupDetails>('TargetGroupDetails'),
  draftTargetGroup: readerOf<rest.DraftTargetGroup>('DraftTargetGroup'),
  fieldingRun: readerOf<rest.FieldingRun>('FieldingRun'),
  fieldingRunList: readerOf<rest.FieldingRunList>('FieldingRunList'),
  fieldingPeriod: readerOf<rest.FieldingPeriod>('FieldingPeriod'),
  batchJob: readerOf<rest.BatchJob>('BatchJob'),
};

function readerOf<T>(schema: string): BodyReader<T> {
  const validate: ValidateFunction<T> = ajv.compile<T>({ $ref: `demand-api#/components/schemas/${schema}` });
  return (body) => (validate(body) ? body : guarded<T>(body, validate.errors ?? []));
}

/**
 * A body with faults is not thrown away whole: each property that is missing or of the wrong type becomes one that
 * throws when it is read, so that only the field that needs it fails.
 */
function guarded<T>(body: unknown, errors: readonly ErrorObject[]): T {
  for (const error of errors) {
    const path = error.instancePath.split('/').slice(1).map(unescapePointer);
    if (error.keyword === 'required')
      path.push((error.params as { missingProperty: string }).missingProperty);
    guard(body, path);
  }
  return body as T;
}

function guard(body: unknown, path: readonly string[]): void {
  const name = path.at(-1);
  const owner = path.slice(0, -1).reduce<unknown>((value, key) => ownValue(value, key), body);
  if (name === undefined || typeof owner !== 'object' || owner === null) {
    if (path.length === 0) throw unusable('body');
    return;
  }
  Object.defineProperty(owner, name, {
    configurable: true,
    enumerable: true,
    get: () => {
      throw unusable(path.filter((key) => !/^\d+$/.test(key)).join('.'));
    },
  });
}

/** Reads past what is guarded already, where an outer value has failed together with one inside it. */
function ownValue(owner: unknown, key: string): unknown {
  return typeof owner === 'object' && owner !== null
    ? Object.getOwnPropertyDescriptor(owner, key)?.value
    : undefined;
}

function unusable(what: string) {
  return badResponse(`The Demand API gave an answer whose \`${what}\` is missing or of the wrong type.`, {
    status: 200,
  });
}

/** RFC 6901, 4. */
function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
