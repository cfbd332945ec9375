import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestContext } from '../../src/context.js';
import { createApollo } from '../../src/server/apollo.js';
import { PLAIN_FIRST_QUERY } from '../../src/server/explorers.js';
import { NodeExchange } from '../../src/server/http/node-exchange.js';
import { PlainOperations } from '../../src/server/operations/plain-operations.js';
import { createLogger } from '../../src/telemetry/logger.js';

const logger = createLogger('silent');

/** Posts an operation to a server of plain operations whose Apollo Server has been stopped. */
async function postToStopped(contextOf: () => RequestContext) {
  const { apollo, execution } = createApollo({
    production: true,
    firstQuery: PLAIN_FIRST_QUERY,
    executor: 'planned',
    maxDepth: 50,
    logger,
  });
  await apollo.start();
  await apollo.stop();
  const operations = new PlainOperations({
    apollo,
    execution,
    contextOf,
    logger,
    usageReports: false,
    maxBytes: 1000,
    isClosing: () => true,
  });
  const server = createServer((request, response) => {
    operations.serve(NodeExchange.of(request, response), () => response.writeHead(404).end());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  });
  const answer = {
    status: response.status,
    connection: response.headers.get('connection'),
    body: (await response.json()) as unknown,
  };
  await new Promise((resolve) => server.close(resolve));
  return answer;
}

test('what fails in a way that nobody foresaw is answered, and tells nothing but its trace', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const context = { trace: { traceId, traceFlags: 0, traceState: undefined } } as RequestContext;
  expect(await postToStopped(() => context)).toEqual({
    status: 500,
    connection: 'close',
    body: {
      errors: [
        {
          message: 'The gateway failed.',
          extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, traceId },
        },
      ],
    },
  });
});

test('so is what fails before there is a context', async () => {
  const answer = await postToStopped(() => {
    throw new Error('secret');
  });
  expect(answer).toMatchObject({ status: 500, body: { errors: [{ message: 'The gateway failed.' }] } });
});
