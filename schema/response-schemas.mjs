/**
 * The schemas of `demand-api.openapi.yaml`, relaxed to what the gateway requires of a response. "Be liberal in what you
 * accept": an unknown enum value, another string format, a number out of range or null for a missing optional property
 * is accepted; a wrong type or a missing required property is rejected.
 *
 * A relaxed schema is a `$ref`, or has one or more types. `nullable` also allows null. A schema without a type allows
 * any value.
 */
import { contract, ofAnyVersion } from './contract.mjs';

/** The schemas of response bodies; those of their parts follow from them. */
export const BODIES = [
  'AccountList',
  'UserList',
  'Project',
  'ProjectOverview',
  'ProjectList',
  'TargetGroupList',
  'TargetGroupOverview',
  'TargetGroupOverviewById',
  'TargetGroupDetails',
  'TargetGroupPerformance',
  'CompletesByInterval',
  'TargetGroupChangelog',
  'TargetGroupTransitions',
  'DraftTargetGroup',
  'FieldingRun',
  'FieldingRunList',
  'FieldingPeriod',
  'BatchJob',
  'FieldingRunJob',
];

/** Properties that make up most of a body and that the gateway never uses. Readers skip them without checking. */
const UNREAD = {
  DraftTargetGroup: [
    'exclusion',
    'respondent_activity_exclusions',
    'fielding_assistant_assignment',
    'profiling',
    'allocations',
    're_entry_configuration',
    'links',
  ],
  TargetGroupDetails: ['links'],
};

const INT32 = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const SAFE = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

/** The relaxed schemas by name. They refer only to each other. */
export const responseSchemas = Object.fromEntries(
  Object.entries(contract.components.schemas).map(([name, schema]) => [
    name,
    relax(without(ofAnyVersion(schema), UNREAD[name] ?? [])),
  ]),
);

function without({ properties, ...schema }, names) {
  if (properties === undefined) return schema;
  const kept = Object.entries(properties).filter(([name]) => !names.includes(name));
  return { ...schema, properties: Object.fromEntries(kept) };
}

function relax(schema) {
  const { $ref, type, properties, required = [], items, oneOf, anyOf } = schema;
  if ($ref !== undefined) return { $ref };
  const alternatives = anyOf ?? oneOf;
  if (alternatives !== undefined) return union(alternatives.map(relax));
  if (type === undefined) return {};
  const types = [type].flat();
  return {
    type: types.find((one) => one !== 'null') ?? 'null',
    ...(types.length > 1 && types.includes('null') && { nullable: true }),
    ...(types.includes('integer') && boundsOf(schema)),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, relax(property)]),
      ),
      required,
    }),
    ...(items && { items: relax(items) }),
  };
}

/** Integers beyond these bounds lose precision in JSON.parse, or overflow GraphQL's Int. */
function boundsOf(schema) {
  return schema['x-bits'] === 64 ? SAFE : INT32;
}

function union(alternatives) {
  const some = alternatives.filter(({ type }) => type !== 'null');
  const isNullable = some.length < alternatives.length || some.some(({ nullable }) => nullable);
  return { ...oneFor(some), ...(isNullable && { nullable: true }) };
}

/** Merges alternatives into one schema that allows all of them. */
function oneFor(alternatives) {
  const [first] = alternatives;
  if (alternatives.length === 1) return first;
  const types = alternatives.map(({ type }) => type).join();
  if (types === 'integer,number') return { type: 'number', ...INT32 };
  if (types === 'object,number') return { ...first, type: ['object', 'number'] };
  return alternatives.every(({ type }) => type === 'object') ? oneObjectFor(alternatives) : {};
}

/** A property whose schema differs between alternatives allows any value. */
function oneObjectFor(objects) {
  const properties = {};
  for (const [name, property] of objects.flatMap((object) => Object.entries(object.properties))) {
    const known = properties[name];
    const same = known === undefined || JSON.stringify(known) === JSON.stringify(property);
    properties[name] = same ? property : {};
  }
  const required = objects[0].required.filter((name) =>
    objects.every((object) => object.required.includes(name)),
  );
  return { type: 'object', properties, required };
}
