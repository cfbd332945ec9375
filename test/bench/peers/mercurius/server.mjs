/** Mercurius with graphql-jit, plain resolvers without a loader, and undici's `dispatch`. */
import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import mercurius from 'mercurius';
// The proxy's client, built by `npm run bench`.
import { createDemandApi } from '../../../../dist/bench/peers/demand-api.js';
import { resolvers } from '../graph/resolvers.mjs';

const { PORT, DEMAND_API_URL } = process.env;
const demandApi = createDemandApi(DEMAND_API_URL);

/** Calls the API with the credentials of one request, and reads each path once. */
class RequestApi {
  #reads = new Map();

  constructor(authorization) {
    this.authorization = authorization;
  }

  get(path) {
    let read = this.#reads.get(path);
    if (read === undefined) {
      read = demandApi.get(path, this.authorization);
      this.#reads.set(path, read);
    }
    return read;
  }

  post(path, ifMatch) {
    return demandApi.post(path, this.authorization, ifMatch);
  }
}

const app = fastify();
app.register(mercurius, {
  schema: readFileSync(new URL('../graph/schema.graphql', import.meta.url), 'utf8'),
  resolvers: { ...resolvers, UserError: { resolveType: () => 'ValidationError' } },
  // Compiles a document the second time it is used; 0 disables graphql-jit.
  jit: 1,
  context: ({ headers }) => ({ api: new RequestApi(headers.authorization ?? '') }),
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
