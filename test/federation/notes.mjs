/** A second subgraph: notes about target groups. It keeps them in memory, and what it was asked for in `requests`. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { buildASTSchema, extendSchema, graphql, parse } from 'graphql';

export const sdl = readFileSync(join(import.meta.dirname, 'notes.graphql'), 'utf8');

/** What a server adds to the SDL of a subgraph. */
const FEDERATION = parse(`
  directive @link(url: String!, import: [String!]) repeatable on SCHEMA
  directive @key(fields: String!) on OBJECT
  directive @shareable on OBJECT | FIELD_DEFINITION
  scalar _Any
  union _Entity = Note | TargetGroup
  extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
`);

/** @param notes each with `id`, `text` and `targetGroupId` */
export async function startNotes(notes) {
  const { definitions, ...rest } = parse(sdl);
  const own = definitions.filter(({ kind }) => kind !== 'SchemaExtension');
  const directives = FEDERATION.definitions.filter(({ kind }) => kind === 'DirectiveDefinition');
  const types = FEDERATION.definitions.filter(({ kind }) => kind !== 'DirectiveDefinition');
  const base = buildASTSchema({ ...rest, definitions: [...directives, ...own] });
  const schema = extendSchema(base, { ...rest, definitions: types });

  const toNote = ({ id, text, targetGroupId }) => ({
    __typename: 'Note',
    id,
    text,
    targetGroup: toTargetGroup(targetGroupId),
  });
  const toTargetGroup = (id) => ({
    __typename: 'TargetGroup',
    id,
    notes: () => notes.filter(({ targetGroupId }) => targetGroupId === id).map(toNote),
  });
  const findNote = (id) => notes.filter((note) => note.id === id).map(toNote)[0] ?? null;
  const rootValue = {
    node: ({ id }) => findNote(id),
    notes: () => ({
      nodes: notes.map(toNote),
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    }),
    _entities: ({ representations }) =>
      representations.map(({ __typename, id }) => (__typename === 'Note' ? findNote(id) : toTargetGroup(id))),
  };

  const requests = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { query: source, variables: variableValues, operationName } = JSON.parse(body);
    requests.push({ source, variableValues });
    const result = await graphql({ schema, source, variableValues, operationName, rootValue });
    response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/graphql`, requests };
}
