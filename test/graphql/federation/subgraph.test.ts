import { readFileSync } from 'node:fs';
import { composeServices } from '@theguild/federation-composition';
import { buildSchema, isInterfaceType, isObjectType, Kind, parse, print, validateSchema } from 'graphql';
import { subgraphSdl } from '../../../src/graphql/federation/subgraph-sdl.js';
import { createSchema } from '../../../src/graphql/schema.js';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const schema = createSchema();
const subgraph = createSchema({ federation: true });
const sdl = subgraphSdl(schema);
const notes = read('test/federation/notes.graphql');

function compose(...sdls: readonly string[]) {
  const services = sdls.map((text, nth) => ({
    name: `graph-${nth}`,
    typeDefs: parse(text),
    url: `http://127.0.0.1/${nth}`,
  }));
  const { errors, supergraphSdl } = composeServices(services);
  return { errors: (errors ?? []).map(({ message }) => message), supergraphSdl };
}

test('schema/subgraph.graphql is the SDL of the subgraph', () => {
  expect(read('schema/subgraph.graphql')).toBe(sdl);
});

test('the schema of a subgraph is valid, and has what federation adds and nothing else', () => {
  expect(validateSchema(subgraph)).toEqual([]);
  const added = (of: object, without: object) => Object.keys(of).filter((name) => !(name in without));
  expect(added(subgraph.getTypeMap(), schema.getTypeMap()).sort()).toEqual(['_Any', '_Entity', '_Service']);
  const fields = subgraph.getQueryType()!.getFields();
  expect(added(fields, schema.getQueryType()!.getFields())).toEqual(['_service', '_entities']);
  expect(String(fields['_service']!.type)).toBe('_Service!');
  expect(String(fields['_entities']!.type)).toBe('[_Entity]!');
  expect(fields['_entities']!.args.map(({ name, type }) => `${name}: ${String(type)}`)).toEqual([
    'representations: [_Any!]!',
  ]);
});

test('every Node is an entity by id, and nothing else is', () => {
  const node = schema.getType('Node');
  if (!isInterfaceType(node)) throw new Error('Node must be an interface.');
  const entities = parse(sdl).definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION &&
    definition.directives?.some(({ name }) => name.value === 'key')
      ? [definition.name.value]
      : [],
  );
  expect(entities.sort()).toEqual(
    schema
      .getPossibleTypes(node)
      .map(({ name }) => name)
      .sort(),
  );
});

test('composes alone, with the costs that routers control demand by', () => {
  const { errors, supergraphSdl } = compose(sdl);
  expect(errors).toEqual([]);
  const composed = parse(supergraphSdl!).definitions.find(
    (definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === 'Query',
  );
  const fields = composed?.kind === Kind.OBJECT_TYPE_DEFINITION ? (composed.fields ?? []) : [];
  const directives = fields.find(({ name }) => name.value === 'targetGroups')?.directives ?? [];
  expect(directives.map((directive) => print(directive))).toEqual(
    expect.arrayContaining([
      '@cost(weight: 10)',
      expect.stringMatching(/@listSize\(.*slicingArguments: \["first", "last"\]/),
    ]),
  );
});

test('composes with another subgraph that follows the conventions of Relay', () => {
  const { errors, supergraphSdl } = compose(sdl, notes);
  expect(errors).toEqual([]);
  const composed = buildSchema(supergraphSdl!, { assumeValidSDL: true });
  const targetGroup = composed.getType('TargetGroup');
  if (!isObjectType(targetGroup)) throw new Error('TargetGroup must be an object type.');
  expect(Object.keys(targetGroup.getFields())).toEqual(expect.arrayContaining(['status', 'notes']));
});

test.each(['PageInfo @shareable', 'Node @shareable'])('does not compose without `%s`', (text) => {
  const changed = sdl.replace(text, text.replace(' @shareable', ''));
  expect(changed).not.toBe(sdl);
  expect(compose(changed, notes).errors).toContainEqual(expect.stringContaining('shareable'));
});
