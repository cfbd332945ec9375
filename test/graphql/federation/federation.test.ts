import { readFileSync } from 'node:fs';
import { composeServices } from '@theguild/federation-composition';
import { buildSchema, isInterfaceType, isObjectType, Kind, parse, print, validateSchema } from 'graphql';
import { demo } from '../../../src/emulator/index.js';
import { subgraphSdl } from '../../../src/graphql/federation/subgraph-sdl.js';
import { createSchema } from '../../../src/graphql/schema.js';
import { demoPaths, startTestEmulator, type TestEmulator } from '../../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.js';
import { startTestIssuer, type TestIssuer } from '../../helpers/issuer.js';
import { callOf, dataOf, errorOf, ids, UNKNOWN_ID, useStack } from '../stack.js';

describe('Entities', () => {
  interface Entities {
    readonly _entities: readonly (Readonly<Record<string, unknown>> | null)[] | null;
  }

  const QUERY = `query Entities($of: [_Any!]!) { _entities(representations: $of) {
  __typename
  ... on Account { id accountName: name }
  ... on Project { id projectName: name }
  ... on TargetGroup { id targetGroupName: name targetGroupStatus: status }
  ... on FieldingRun { id runStatus: status }
  ... on BatchJob { id jobStatus: status }
  ... on DraftLaunchJob { id draftJobStatus: status }
} }`;

  const entity = (typename: string, id: unknown) => ({ __typename: typename, id });
  const live = ids.targetGroup(demo.live);

  describe.each(['planned', 'graphql-js'])('a subgraph, executed by %s,', (execution) => {
    const stack = useStack({ env: { FEDERATION: 'true', GRAPHQL_EXECUTION: execution } });
    const entities = (...of: readonly unknown[]) => stack.gateway.execute<Entities, unknown>(QUERY, { of });

    test('finds each kind of entity by its id, with one call for each', async () => {
      const { _entities: found } = dataOf(
        await entities(
          entity('Account', ids.account),
          entity('Project', ids.project),
          entity('TargetGroup', live),
          entity('FieldingRun', ids.run(demo.live)),
        ),
      );
      expect(found).toEqual([
        { __typename: 'Account', id: ids.account, accountName: expect.any(String) },
        { __typename: 'Project', id: ids.project, projectName: 'Breakfast habits tracker' },
        {
          __typename: 'TargetGroup',
          id: live,
          targetGroupName: expect.any(String),
          targetGroupStatus: 'LIVE',
        },
        { __typename: 'FieldingRun', id: ids.run(demo.live), runStatus: 'LIVE' },
      ]);
      expect((await stack.calls()).sort()).toEqual(
        [
          'GET /accounts',
          `GET ${demoPaths.project}`,
          `GET ${demoPaths.run(demo.live)}`,
          `GET ${demoPaths.targetGroup(demo.live)}/overview`,
        ].sort(),
      );
    });

    test('reads an entity once, however often it is requested', async () => {
      const { _entities: found } = dataOf(
        await entities(
          entity('TargetGroup', live),
          entity('Project', ids.project),
          entity('TargetGroup', live),
        ),
      );
      expect(found!.map((each) => each?.['id'])).toEqual([live, ids.project, live]);
      expect(await stack.calls()).toHaveLength(2);
    });

    test('answers null where an entity does not exist, without an error', async () => {
      const missing = [
        entity('Account', '999'),
        entity('Project', `${ids.account}/${UNKNOWN_ID}`),
        entity('TargetGroup', `${ids.project}/${UNKNOWN_ID}`),
        entity('FieldingRun', ids.run({ ...demo.live, fieldingRunId: UNKNOWN_ID })),
        entity('BatchJob', ids.job('pause', UNKNOWN_ID)),
        entity('DraftLaunchJob', ids.draftJob('launch', UNKNOWN_ID)),
      ];
      expect(dataOf(await entities(...missing))._entities).toEqual(missing.map(() => null));
    });

    test.each([
      ['another type', entity('Project', live), '`representations[1].id` must be the id of a Project'],
      ['an unknown type', entity('User', 'x'), '`representations[1].__typename`'],
      ['an inherited name', entity('constructor', 'x'), '`representations[1].__typename`'],
      ['no type', { id: live }, '`representations[1].__typename`'],
      ['no id', { __typename: 'Project' }, '`representations[1].id` must be a string'],
      [
        'a malformed id',
        entity('Project', '101/../x'),
        '`representations[1].id` must be the id of a Project',
      ],
      ['no object', 'x', '`representations[1]` must be an object'],
      ['a list', [], '`representations[1]` must be an object'],
    ])('rejects a representation with %s, and no other', async (_name, wrong, message) => {
      const answer = await entities(entity('Project', ids.project), wrong);
      expect(answer.data?._entities).toEqual([expect.objectContaining({ id: ids.project }), null]);
      expect(errorOf(answer)).toMatchObject({
        message: expect.stringContaining(message),
        path: ['_entities', 1],
        extensions: { code: 'BAD_USER_INPUT' },
      });
      expect(await stack.calls()).toEqual([`GET ${demoPaths.project}`]);
    });

    test('takes representations that are written in the document', async () => {
      const query = `query ($id: ID!) { _entities(representations: [{ __typename: "Project", id: $id }]) {
      ... on Project { projectId }
    } }`;
      expect(dataOf(await stack.gateway.execute(query, { id: ids.project }))).toEqual({
        _entities: [{ projectId: demo.projectId }],
      });
    });

    test('rejects more entities than an operation may cost, before any call', async () => {
      const of = Array.from({ length: 500 }, (_, nth) => entity('Project', `${ids.account}/${nth}`));
      const answer = await entities(...of);
      expect(errorOf(answer)).toMatchObject({ extensions: { code: 'COST_LIMIT_EXCEEDED' } });
      expect(answer.status).toBe(400);
      expect(await stack.calls()).toEqual([]);
    });
  });

  describe('The SDL', () => {
    const SERVICE = '{ _service { sdl } }';
    describe('in production', () => {
      const stack = useStack({ env: { FEDERATION: 'true', NODE_ENV: 'production' } });

      test('is answered to routers, although introspection is not', async () => {
        const sdl = subgraphSdl(createSchema());
        expect(dataOf(await stack.execute(SERVICE))).toEqual({ _service: { sdl } });
        expect(errorOf(await stack.execute('{ __schema { queryType { name } } }')).message).toContain(
          'Introspection is disabled',
        );
        expect(await stack.calls()).toEqual([]);
      });

      test('comes without the trace that Apollo Server would give to routers', async () => {
        const response = await fetch(`${stack.gateway.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'apollo-federation-include-trace': 'ftv1' },
          body: JSON.stringify({ query: SERVICE }),
        });
        expect(Object.keys((await response.json()) as object)).toEqual(['data']);
      });
    });

    describe('without FEDERATION', () => {
      const stack = useStack();

      test.each([SERVICE, '{ _entities(representations: []) { __typename } }'])(
        'is no part of the graph: %s',
        async (query) => {
          expect((await stack.execute(query)).status).toBe(400);
        },
      );
    });
  });

  describe('In AUTH_MODE=service, entities', () => {
    let issuer: TestIssuer;
    let emulator: TestEmulator;
    let gateway: TestGateway;

    beforeAll(async () => {
      issuer = await startTestIssuer();
      emulator = await startTestEmulator();
      gateway = await startTestGateway({
        demandApiUrl: emulator.url,
        env: {
          ...issuer.env,
          FEDERATION: 'true',
          UPSTREAM_OAUTH_TOKEN_URL: emulator.tokenUrl,
          UPSTREAM_OAUTH_CLIENT_ID: demo.client.id,
          UPSTREAM_OAUTH_CLIENT_SECRET: demo.client.secret,
          UPSTREAM_OAUTH_AUDIENCE: demo.apiAudience,
        },
      });
    });
    afterAll(async () => {
      await gateway.close();
      await emulator.close();
      await issuer.close();
    });

    const calls = async () =>
      (await emulator.control.requests()).filter(({ path }) => !path.startsWith('/oauth/')).map(callOf);

    test('of an account without access are null, with an error, and not read', async () => {
      await emulator.control.forgetRequests();
      const of = [
        entity('Project', ids.other.project),
        entity('Project', ids.project),
        entity('TargetGroup', ids.other.targetGroup),
        entity('Account', '999'),
      ];
      const token = await issuer.token();
      const { data, errors } = await gateway.execute<Entities, unknown>(QUERY, { of }, { token });
      expect(data?._entities).toEqual([null, expect.objectContaining({ id: ids.project }), null, null]);
      expect(errors.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
        [['_entities', 0], 'FORBIDDEN'],
        [['_entities', 2], 'FORBIDDEN'],
        [['_entities', 3], 'FORBIDDEN'],
      ]);
      expect(await calls()).toEqual([`GET ${demoPaths.project}`]);
    });

    test('need the scope that all reads need', async () => {
      await emulator.control.forgetRequests();
      const token = await issuer.token({ claims: { scope: 'fielding:operate' } });
      const of = [entity('Project', ids.project)];
      const answer = await gateway.execute<Entities, unknown>(QUERY, { of }, { token });
      expect(errorOf(answer)).toMatchObject({
        message: expect.stringContaining('fielding:read'),
        extensions: { code: 'FORBIDDEN' },
      });
      expect(await calls()).toEqual([]);
    });

    test('and the SDL need a token', async () => {
      for (const query of ['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }']) {
        const answer = await gateway.execute(query, {}, { token: null });
        expect(errorOf(answer)).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
      }
    });
  });
});

describe('The subgraph', () => {
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
});
