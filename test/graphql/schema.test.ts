import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  getNamedType,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  validateSchema,
} from 'graphql';
import { printedSchema } from '../../src/graphql/printed-schema.js';
import { createSchema } from '../../src/graphql/schema.js';
import { randomRuns } from '../helpers/random-runs.js';
import { expectSameForRandomOperations } from '../lib/executor/differential.js';
import { withRandomResolvers } from '../lib/executor/schema.js';
import type { Timing } from '../lib/executor/timing.js';

const schema = createSchema();
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);
const roots = new Set<GraphQLNamedType | null | undefined>([
  schema.getQueryType(),
  schema.getMutationType(),
  schema.getSubscriptionType(),
]);

/** Everything in the schema that can have a description, by name. */
function described(type: GraphQLNamedType): [name: string, description: string | null | undefined][] {
  const own: [string, string | null | undefined][] = roots.has(type) ? [] : [[type.name, type.description]];
  if (isEnumType(type)) {
    return [...own, ...type.getValues().map(inside(type))];
  }
  if (isInputObjectType(type)) {
    return [...own, ...Object.values(type.getFields()).map(inside(type))];
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    const fields = Object.values(type.getFields());
    const args = fields.flatMap((field) => field.args.map(inside({ name: `${type.name}.${field.name}` })));
    return [...own, ...fields.map(inside(type)), ...args];
  }
  return own;
}

function inside({ name: parent }: { readonly name: string }) {
  return ({ name, description }: { name: string; description?: string | null | undefined }) =>
    [`${parent}.${name}`, description] as [string, string | null | undefined];
}

function implementationsOf(name: string): string[] {
  const type = schema.getType(name);
  if (!isInterfaceType(type)) throw new Error(`${name} is no interface.`);
  return schema
    .getPossibleTypes(type)
    .map((possible) => possible.name)
    .sort();
}

test('the schema is valid', () => {
  expect(validateSchema(schema)).toEqual([]);
});

test('every part has a description', () => {
  const all = types.flatMap(described);
  expect(all.length).toBeGreaterThan(200);
  expect(
    all.filter(([, description]) => (description ?? '').trim().length < 5).map(([name]) => name),
  ).toEqual([]);
});

test('schema/schema.graphql is the printed schema, sorted', () => {
  const file = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
  expect(file).toBe(printedSchema(schema));
});

test('types with an id implement Node, and errors that users can act on implement UserError', () => {
  expect(implementationsOf('Node')).toEqual([
    'Account',
    'BatchJob',
    'DraftLaunchJob',
    'FieldingRun',
    'Project',
    'TargetGroup',
  ]);
  expect(implementationsOf('UserError')).toEqual([
    'IdempotencyConflictError',
    'InvalidStateError',
    'NotFoundError',
    'ValidationError',
    'VersionConflictError',
  ]);
});

test('the queries and mutations are those of the contract', () => {
  expect(Object.keys(schema.getQueryType()!.getFields()).sort()).toEqual([
    'account',
    'accounts',
    'batchJob',
    'draftLaunchJob',
    'fieldingRun',
    'node',
    'project',
    'projects',
    'targetGroup',
    'targetGroupByRawId',
    'targetGroupTransitions',
    'targetGroups',
  ]);
  expect(Object.keys(schema.getMutationType()!.getFields()).sort()).toEqual([
    'completeFieldingRun',
    'completeTargetGroups',
    'launchDraftTargetGroup',
    'launchNow',
    'launchTargetGroups',
    'pauseFieldingRun',
    'pauseTargetGroups',
    'relaunchFieldingRun',
    'relaunchTargetGroups',
    'resumeFieldingRun',
    'resumeTargetGroups',
    'scheduleDraftTargetGroup',
    'updateFieldingPeriod',
  ]);
});

test('every query and mutation is nullable, so that a failure does not affect its siblings', () => {
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root!.getFields()),
  );
  expect(fields.filter(({ type }) => isNonNullType(type)).map(({ name }) => name)).toEqual([]);
});

test('every mutation takes one input and returns userErrors', () => {
  for (const { name, args, type } of Object.values(schema.getMutationType()!.getFields())) {
    expect([name, args.map((arg) => arg.name)]).toEqual([name, ['input']]);
    const payload = getNamedType(type);
    if (!isObjectType(payload)) throw new Error(`${name} must return an object.`);
    expect(String(payload.getFields()['userErrors']?.type)).toBe('[UserError!]!');
  }
});

test('every enum with REST values has UNKNOWN', () => {
  const own = [
    'BatchJobAction',
    'ChangeValueKind',
    'DraftLaunchJobAction',
    'FieldingRunAction',
    'TargetGroupStatistic',
    'UserErrorCode',
  ];
  for (const type of types.filter(isEnumType)) {
    const hasUnknown = type.getValues().some(({ name }) => name === 'UNKNOWN');
    expect([type.name, hasUnknown]).toEqual([type.name, !own.includes(type.name)]);
  }
});

describe('resolvers of the schema', () => {
  function resolvedFields(typeName: string): readonly string[] {
    const type = createSchema().getType(typeName);
    if (!isObjectType(type)) throw new TypeError(`${typeName} is no object type.`);
    const fields = Object.values(type.getFields());
    return fields.filter(({ resolve }) => resolve !== undefined).map(({ name }) => name);
  }

  test.each([
    [
      'TargetGroup',
      ['changelog', 'completesOverTime', 'performance', 'fieldingRun', 'project', 'projectManager'],
    ],
    ['TargetGroupPerformance', []],
    ['ChangelogEntry', []],
    ['Change', []],
    ['TargetGroupStatistics', []],
    ['TargetGroupConnection', []],
    ['PageInfo', []],
    ['FieldingRunPayload', ['fieldingRun']],
    ['BatchJobPayload', ['batchJob']],
    ['DraftLaunchJobPayload', ['draftLaunchJob']],
    ['User', []],
    ['VersionConflictError', ['current']],
    ['NotFoundError', []],
  ])('%s has resolvers only for fields that are not properties: %j', (typeName, fields) => {
    expect(resolvedFields(typeName)).toEqual(fields);
  });
});

/** For a long search, see `test/lib/executor/differential.test.ts`. */
const DOCUMENTS = Number(process.env['EXECUTION_DOCUMENTS'] ?? randomRuns(300, 100));
const SEED = Number(process.env['EXECUTION_SEED'] ?? 1);

describe('the executor returns the results of graphql-js for random documents over the schema', () => {
  const random = withRandomResolvers(createSchema());

  test.each<Timing>(['tasks', 'microtasks'])(
    'when promises settle in %s',
    (timing) => expectSameForRandomOperations(random, { timing, documents: DOCUMENTS, seed: SEED }),
    10 * 60_000,
  );
});
