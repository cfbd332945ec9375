import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isIntrospectionType,
  isListType,
  isObjectType,
  parse,
  print,
} from 'graphql';
import { applyCosts, costOf } from '../../src/graphql/cost/cost.js';
import { printedSchema } from '../../src/graphql/printed-schema.js';
import { createSchema } from '../../src/graphql/schema.js';

const schema = createSchema();
const fields = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !isIntrospectionType(type))
  .flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field }))
      : [],
  );

test('every field that may make a call has a cost', () => {
  // Fields without a resolver are read from the parent.
  const free = fields.filter(({ field }) => {
    const { calls, shares } = costOf(field);
    return field.resolve !== undefined && calls === undefined && shares === undefined;
  });
  expect(free.map(({ name }) => name).sort()).toEqual([
    // The list of accounts has been read for the account itself, or counts for `Project.account`.
    'Account.name',
    'BatchJob.pollAfterSeconds',
    'DraftLaunchJob.pollAfterSeconds',
    'FieldingRun.availableActions',
  ]);
});

test('no field that is read from its parent costs a call', () => {
  const subscriptions = Object.keys(schema.getSubscriptionType()!.getFields());
  const paid = fields.filter(({ field }) => field.resolve === undefined && (costOf(field).calls ?? 0) > 0);
  expect(paid.map(({ field }) => field.name).filter((name) => !subscriptions.includes(name))).toEqual([]);
});

test('every list of objects has a size, of its own or of its connection', () => {
  const sized = new Set(
    fields.flatMap(({ field }) =>
      (costOf(field).listSize?.sizedFields ?? []).map(
        (name) => `${String(getNamedType(field.type))}.${name}`,
      ),
    ),
  );
  const unsized = fields.filter(
    ({ name, field }) =>
      isListType(getNullableType(field.type)) &&
      isCompositeType(getNamedType(field.type)) &&
      costOf(field).listSize === undefined &&
      !sized.has(name),
  );
  expect(unsized.map(({ name }) => name)).toEqual([]);
});

test('sizes are those of arguments that exist, and of lists that exist', () => {
  for (const { field } of fields) {
    const { slicingArguments = [], sizedFields = [] } = costOf(field).listSize ?? {};
    expect(field.args.map(({ name }) => name)).toEqual(expect.arrayContaining([...slicingArguments]));
    const type = getNamedType(field.type);
    const inner = isObjectType(type) ? type.getFields() : {};
    for (const name of sizedFields) expect(isListType(getNullableType(inner[name]!.type))).toBe(true);
  }
});

test('a table that names a field that does not exist is rejected', () => {
  expect(() => applyCosts(schema, { Query: { nothing: { calls: 1 } } })).toThrow('Query.nothing');
  expect(() => applyCosts(schema, { Nothing: { id: { calls: 1 } } })).toThrow('Nothing.id');
});

test('the printed schema has costs as directives, and is otherwise what graphql-js prints', () => {
  const printed = printedSchema(schema);
  expect(() => parse(printed)).not.toThrow();
  expect(printed).toContain('  accounts: [Account] @cost(weight: "10") @listSize(assumedSize: 20)\n');
  expect(printed).toMatch(
    /\): TargetGroupConnection @cost\(weight: "10"\) @listSize\(assumedSize: 10, slicingArguments: \["first", "last"\], sizedFields: \["nodes", "edges"\], requireOneSlicingArgument: false\)\n/,
  );
  expect(print(parse(printed)).match(/@cost\(/g)?.length).toBe(
    fields.filter(({ field }) => (costOf(field).calls ?? 0) > 0).length + 1,
  );
});
