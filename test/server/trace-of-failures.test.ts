/** The trace id that a client gets with an unexpected failure is the one in the log. */
import { fastify, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { serveErrors } from '../../src/server/http/errors.js';

let app: FastifyInstance;
let lines: { readonly msg: string; readonly traceId?: string }[];

beforeEach(() => {
  lines = [];
  const write = (line: string) => lines.push(JSON.parse(line) as (typeof lines)[number]);
  const loggerInstance: FastifyBaseLogger = pino({}, { write });
  app = fastify({ loggerInstance, childLoggerFactory: (parent) => parent });
  serveErrors(app);
});
afterEach(() => app.close());

/** The trace ids that a request without `traceparent` gets and that are logged. */
async function traceIds() {
  const response = await fetch(`${await app.listen({ host: '127.0.0.1', port: 0 })}/`);
  expect(response.status).toBe(500);
  const { errors } = (await response.json()) as { errors: [{ extensions: { traceId: string } }] };
  const logged = lines.filter(({ msg }) => msg === 'A request failed unexpectedly.');
  return {
    sent: errors.map(({ extensions }) => extensions.traceId),
    logged: logged.map((line) => line.traceId),
  };
}

test('of a route that throws', async () => {
  app.get('/', () => {
    throw new Error('broken');
  });
  const { sent, logged } = await traceIds();
  expect(sent).toEqual([expect.stringMatching(/^[\da-f]{32}$/)]);
  expect(logged).toEqual(sent);
});
