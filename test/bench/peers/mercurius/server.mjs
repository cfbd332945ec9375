/** Mercurius with graphql-jit, plain resolvers, a loader for fielding runs, and undici at its cheapest. */
import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import mercurius from 'mercurius';
// As `npm run bench` builds it: the very calls that the proxy makes.
import { createDemandApi } from '../../../../dist/bench/peers/demand-api.js';
import { fieldingRunOf, resolvers } from '../graph/resolvers.mjs';

const { PORT, DEMAND_API_URL } = process.env;
const demandApi = createDemandApi(DEMAND_API_URL);

const app = fastify();
app.register(mercurius, {
  schema: readFileSync(new URL('../graph/schema.graphql', import.meta.url), 'utf8'),
  resolvers: { ...resolvers, UserError: { resolveType: () => 'ValidationError' } },
  loaders: {
    TargetGroup: {
      fieldingRun: (queries, context) => Promise.all(queries.map(({ obj }) => fieldingRunOf(obj, context))),
    },
  },
  // From the first time on that it comes, a document is compiled.
  jit: 1,
  context: ({ headers }) => ({ api: apiOf(headers.authorization ?? '') }),
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });

function apiOf(authorization) {
  const tagged = async (answer) => {
    const { body, headers } = await answer;
    return { body, etag: headers.etag };
  };
  return {
    get: (path) => tagged(demandApi.get(path, authorization)),
    post: (path, ifMatch) => tagged(demandApi.post(path, authorization, ifMatch)),
  };
}
