import { serverAudits } from 'graphql-http';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';

/**
 * What GraphQL over HTTP recommends and Apollo Server does otherwise, by the audit's id, with the reason. What it demands has
 * no exceptions.
 */
const OTHERWISE: Readonly<Record<string, string>> = {
  '572B': 'Apollo Server answers a document that cannot be parsed with 400, whatever the client accepts.',
  FDE2: 'Apollo Server answers a document that is not valid with 400, whatever the client accepts.',
  '7B9B':
    'Apollo Server has one status for wrong variables: 400, which application/graphql-response+json wants.',
};

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ demandApiUrl: 'http://127.0.0.1:9/v1' });
});
afterAll(() => gateway.close());

const audits = serverAudits({ url: () => `${gateway.url}/graphql` }).filter(
  ({ name }) => !name.startsWith('MAY'),
);

test.each(audits.map(({ name, id, fn }) => ({ name, id, fn })))('$name', async ({ id, fn }) => {
  const result = await fn();
  expect({ ...result, response: undefined }).toMatchObject({ status: id in OTHERWISE ? 'warn' : 'ok' });
});

test('has an audit for every exception', () => {
  expect(audits.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(OTHERWISE)));
});
