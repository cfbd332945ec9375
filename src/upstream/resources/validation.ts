import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import * as readers from '../../contract/response-readers.js';
import { responseSchemas } from '../../contract/response-schemas.js';
import { readJson, type JsonReader } from '../../lib/json/read-json.js';
import { textOf } from '../http/body.js';
import { badResponse } from '../errors.js';

/**
 * Parses and validates a body (Latin-1, one character a byte). The result can be trusted, except for the properties that
 * {@link guarded} guards. It has the documented properties, and may have others.
 *
 * @throws {UpstreamError} if the body is not JSON; the message never contains it
 */
export type ResponseBodyReader<T> = (latin1: string) => T;

/** The readers of response bodies, each for the schema of its name in the OpenAPI file. */
export const bodies = {
  accountList: readerOf('AccountList', readers.readAccountList),
  userList: readerOf('UserList', readers.readUserList),
  project: readerOf('Project', readers.readProject),
  projectOverview: readerOf('ProjectOverview', readers.readProjectOverview),
  projectList: readerOf('ProjectList', readers.readProjectList),
  targetGroupList: readerOf('TargetGroupList', readers.readTargetGroupList),
  targetGroupOverview: readerOf('TargetGroupOverview', readers.readTargetGroupOverview),
  targetGroupOverviewById: readerOf('TargetGroupOverviewById', readers.readTargetGroupOverviewById),
  targetGroupDetails: readerOf('TargetGroupDetails', readers.readTargetGroupDetails),
  targetGroupPerformance: readerOf('TargetGroupPerformance', readers.readTargetGroupPerformance),
  completesByInterval: readerOf('CompletesByInterval', readers.readCompletesByInterval),
  targetGroupChangelog: readerOf('TargetGroupChangelog', readers.readTargetGroupChangelog),
  targetGroupTransitions: readerOf('TargetGroupTransitions', readers.readTargetGroupTransitions),
  draftTargetGroup: readerOf('DraftTargetGroup', readers.readDraftTargetGroup),
  fieldingRun: readerOf('FieldingRun', readers.readFieldingRun),
  fieldingRunList: readerOf('FieldingRunList', readers.readFieldingRunList),
  fieldingPeriod: readerOf('FieldingPeriod', readers.readFieldingPeriod),
  batchJob: readerOf('BatchJob', readers.readBatchJob),
  fieldingRunJob: readerOf('FieldingRunJob', readers.readFieldingRunJob),
};

/** A valid body is read in one pass. Any other body is parsed and then validated, to find its faults. */
function readerOf<T>(schema: string, read: JsonReader<T>): ResponseBodyReader<T> {
  return (latin1) => readJson(latin1, read) ?? checked<T>(parsed(latin1), schema);
}

function parsed(latin1: string): unknown {
  try {
    return JSON.parse(textOf(latin1)) as unknown;
  } catch {
    throw badResponse('The response of the Demand API is not JSON.', { status: 200 });
  }
}

function checked<T>(body: unknown, schema: string): T {
  const validate = validatorOf<T>(schema);
  return validate(body) ? body : guarded<T>(body, validate.errors ?? []);
}

let ajv: Ajv | undefined;

/** Compiled when it is first needed, which most processes never do. */
function validatorOf<T>(schema: string): ValidateFunction<T> {
  ajv ??= new Ajv({ allErrors: true, strict: false, strictNumbers: true, validateFormats: false }).addSchema(
    responseSchemas,
    'demand-api',
  );
  const validate = ajv.getSchema<T>(`demand-api#/components/schemas/${schema}`);
  if (validate === undefined) throw new Error(`There is no schema ${schema}.`);
  return validate;
}

/**
 * Keeps the usable parts of an invalid body: each property that is missing or has the wrong type becomes one that throws
 * when it is read, so that only the field that needs it fails.
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

/** Reads a property without triggering a guard: a value and one inside it may both be invalid. */
function ownValue(owner: unknown, key: string): unknown {
  return typeof owner === 'object' && owner !== null
    ? Object.getOwnPropertyDescriptor(owner, key)?.value
    : undefined;
}

function unusable(what: string) {
  return badResponse(`The response of the Demand API has a missing or invalid \`${what}\`.`, {
    status: 200,
  });
}

/** RFC 6901, 4. */
function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
