import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { TokenRequestError } from '../../../src/upstream/credential/access-tokens.js';
import { TokenEndpoint } from '../../../src/upstream/credential/token-endpoint.js';
import { startTestProxy } from '../../helpers/proxy.js';
import { CLIENT, startTokenEndpoint, type TestTokenEndpoint } from '../../helpers/token-endpoint.js';
import { until } from '../../helpers/until.js';

let server: TestTokenEndpoint;
let endpoint: TokenEndpoint;
beforeEach(async () => {
  server = await startTokenEndpoint();
  endpoint = endpointWith({});
});
afterEach(async () => {
  endpoint.close();
  await server.close();
});

function endpointWith(options: {
  readonly timeoutMs?: number;
  readonly proxy?: string;
  readonly query?: string;
}) {
  return new TokenEndpoint({
    tokenUrl: server.url + (options.query ?? ''),
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    params: [],
    proxy: options.proxy === undefined ? undefined : { url: options.proxy, authorization: undefined },
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
  });
}

async function failureOf(request: Promise<unknown>): Promise<TokenRequestError> {
  const error: unknown = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TokenRequestError);
  return error as TokenRequestError;
}

it.each([
  ['never', { fault: 'hang' } as const],
  ['only in part', { body: { access_token: 'x' }, bodyDelayMs: 60_000 }],
])('gives up if the response arrives %s', async (_, response) => {
  endpoint.close();
  endpoint = endpointWith({ timeoutMs: 100 });
  server.respond(response);
  expect(await failureOf(endpoint.request())).toMatchObject({ message: 'timed-out', isRejection: false });
});

it('ends a request in flight when it is closed, and makes no more', async () => {
  server.respond({ fault: 'hang' });
  const request = failureOf(endpoint.request());
  await until(() => server.requests().length === 1);
  endpoint.close();
  await request;
  await failureOf(endpoint.request());
  expect(server.requests()).toHaveLength(1);
});

it('keeps no response in its errors, because that may contain a token', async () => {
  server.respond({ status: 400, body: { error: 'invalid_scope', access_token: 'planted' } });
  const error = await failureOf(endpoint.request());
  expect(error.cause).toBeUndefined();
  expect(error).toMatchObject({ message: 'status 400: invalid_scope', isRejection: true });
});

it('keeps the query of its URL', async () => {
  endpoint.close();
  endpoint = endpointWith({ query: '?tenant=a' });
  expect(await endpoint.request()).toMatchObject({ authorization: 'Bearer planted-token-1' });
});

it('connects through the proxy', async () => {
  const proxy = await startTestProxy();
  endpoint.close();
  endpoint = endpointWith({ proxy: `http://127.0.0.1:${proxy.port}` });
  expect(await endpoint.request()).toMatchObject({ authorization: 'Bearer planted-token-1' });
  expect(proxy.requests).toEqual([`POST ${server.url}`]);
  await proxy.close();
});

it.each([
  [undefined, 300],
  ['120', 120],
  [1e12, 86_400],
])('reads expires_in %s as %s seconds', async (expires_in, seconds) => {
  server.respond(() => server.token({ expires_in }));
  const { obtainedAt, expiresAt } = await endpoint.request();
  expect(Math.round(expiresAt - obtainedAt)).toBe(seconds * 1000);
});
