import { expect, it } from '@jest/globals';
import { until } from '../helpers/until.js';
import { REJECTED, useServiceGatewayFixture } from '../upstream/credential/service-gateway-fixture.js';
import {
  accounts,
  changeDocument,
  changes,
  CREATE_JOB,
  created,
  creation,
  READ_ACCOUNTS,
  READ_RUN,
  run,
  runAnswer,
} from '../upstream/faults/demand.js';

/** Parts of the secrets that the gateway has or gets, each of which occurs in nothing else. */
const SECRETS = [
  'planted-client-secret',
  'planted-token',
  'planted-hmac-key',
  'planted-parameter',
  'planted-caller',
];

const fixture = useServiceGatewayFixture({
  env: {
    IDEMPOTENCY_HMAC_KEY: 'planted-hmac-key'.repeat(3),
    UPSTREAM_OAUTH_PARAMS: 'vendor_key=planted-parameter',
    REQUEST_TIMEOUT_MS: '900',
  },
  accounts: { 'planted-caller': ['101'] },
});

it('no secret is in a log line or a response, even when calls fail', async () => {
  const answers: string[] = [];
  const perform = async (document: string, variables = {}) => {
    const { headers, ...answer } = await fixture.execute(document, variables, { token: 'planted-caller' });
    answers.push(JSON.stringify([answer, [...headers]]));
  };
  const all = async () => {
    await perform(READ_ACCOUNTS);
    await perform(READ_RUN);
    await perform(CREATE_JOB, { key: 'k' });
    for (const change of changes) await perform(changeDocument(change));
  };

  // The token endpoint repeats what it got. See also `outages.test.ts`.
  const everything = 'planted-client-secret planted-parameter planted-token';
  fixture.tokens.respond({ status: 400, body: { error: everything, error_description: everything } });
  await all();
  fixture.tokens.heal();
  await until(
    async () =>
      (await fixture.execute(READ_ACCOUNTS)).errors[0]?.extensions?.['retryAfterSeconds'] === undefined,
  );

  // The API accepts the token, and then repeats it.
  fixture.on('GET /accounts', accounts);
  fixture.on(`GET ${run.path}`, runAnswer(5));
  fixture.on(creation, created);
  for (const change of changes) fixture.on(change.call, change.done);
  await all();
  expect(fixture.sent().length).toBeGreaterThan(8);
  for (const status of [400, 403, 404, 412, 422, 429, 500, 503]) {
    fixture.api.on('GET', /./, ({ headers }) => echo(status, String(headers.authorization)));
    fixture.api.on('POST', /./, ({ headers }) => echo(status, String(headers.authorization)));
    fixture.api.on('PUT', /./, ({ headers }) => echo(status, String(headers.authorization)));
    await all();
  }
  fixture.api.on('GET', /./, REJECTED);
  await all();

  expect(fixture.log()).toContain('no access token');
  expect(answers.length).toBeGreaterThan(50);
  for (const text of [fixture.log(), ...answers]) {
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  }
});

function echo(status: number, authorization: string) {
  const token = authorization.replace(/^Bearer /, '');
  const texts = [authorization, `The token ${token} is not enough.`, token];
  return {
    status,
    ...(status === 429 && { headers: { 'retry-after': '0' } }),
    body: {
      id: token,
      object: 'error',
      detail: texts[1],
      invalid_params: texts.map((text) => ({ name: text, reason: text })),
    },
  };
}
