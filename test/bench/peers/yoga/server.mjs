/** GraphQL Yoga on `node:http` with plain resolvers and Node's `fetch`. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { resolvers } from '../graph/resolvers.mjs';

const { PORT, DEMAND_API_URL } = process.env;

const yoga = createYoga({
  schema: createSchema({
    typeDefs: readFileSync(new URL('../graph/schema.graphql', import.meta.url), 'utf8'),
    resolvers: { ...resolvers, UserError: { __resolveType: () => 'ValidationError' } },
  }),
  context: ({ request }) => ({ api: apiOf(request.headers.get('authorization') ?? '') }),
  graphiql: false,
  landingPage: false,
});
createServer(yoga).listen(Number(PORT), '127.0.0.1');

function apiOf(authorization) {
  const headers = { accept: 'application/json', 'cint-api-version': '2025-12-18', authorization };
  return {
    get: (path) => send(path, { headers }),
    post: (path, ifMatch) => send(path, { method: 'POST', headers: { ...headers, 'if-match': ifMatch } }),
  };
}

async function send(path, init) {
  const response = await fetch(DEMAND_API_URL + path, init);
  if (!response.ok) throw new Error(`The API responded with ${response.status}.`);
  const text = await response.text();
  return {
    body: text === '' ? undefined : JSON.parse(text),
    etag: response.headers.get('etag') ?? undefined,
  };
}
