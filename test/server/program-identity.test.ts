import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import { Program, type Line } from '../helpers/program.js';
import { callApi, EmulatorControl } from '../helpers/emulator.js';
import { NO_REDIS_URL } from '../helpers/redis.js';

/** A process takes time to start. */
const TIMEOUT_MS = 60_000;

const SERVICE = { AUTH_MODE: 'service', EMULATOR_PORT: '0', EMULATOR_DATA: ':memory:' };

afterEach(() => Program.killAll());

/** Starts the demo, and reads what it prints. */
async function startDemo(env: Readonly<Record<string, string>> = {}) {
  const program = new Program({ ...SERVICE, ...env });
  const url = await program.url();
  const headers: Record<string, string> = {};
  for (const { subject, header } of program.lines) {
    if (typeof subject === 'string') headers[subject] = String(header).replace('Authorization: ', '');
  }
  const ready = await program.line(({ msg }) => msg === 'Fieldgate is ready.');
  const emulator = await program.line(({ control }) => control !== undefined);
  return { program, url, headers, ready, emulator };
}

async function execute(url: string, authorization: string | undefined, query: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
    body: JSON.stringify({ query }),
  });
  const { data, errors = [] } = (await response.json()) as {
    data?: unknown;
    errors?: { extensions: { code: string } }[];
  };
  return { status: response.status, data, codes: errors.map(({ extensions }) => extensions.code) };
}

const ACCOUNTS = '{ accounts { id } }';
const READ_OTHER = `{ project(id: "${demo.other.accountId}/${demo.other.projectId}") { id } }`;
const group = `${demo.accountId}/${demo.projectId}/${demo.live.targetGroupId}`;
const PAUSE = `mutation { pauseTargetGroups(input: { targetGroupIds: ["${group}"] }) { batchJob { id } userErrors { code } } }`;

test.each(['1', '2'])(
  'AUTH_MODE=service alone starts a demo whose tokens allow what is printed (WORKERS=%s)',
  async (workers) => {
    const { url, headers, ready, emulator } = await startDemo({ WORKERS: workers, REDIS_URL: NO_REDIS_URL });
    expect(Object.keys(headers)).toEqual(['reader', 'operator', 'analyst']);
    expect(ready['header']).toBe(`Authorization: ${headers['operator']}`);

    const accountsOf = async (person: string) =>
      ((await execute(url, headers[person], ACCOUNTS)).data as { accounts: { id: string }[] }).accounts;
    expect(await accountsOf('reader')).toEqual([{ id: '101' }]);
    expect(await accountsOf('operator')).toEqual([{ id: '101' }]);
    expect(await accountsOf('analyst')).toEqual([{ id: '101' }, { id: '202' }]);

    expect(await execute(url, headers['operator'], READ_OTHER)).toMatchObject({ codes: ['FORBIDDEN'] });
    expect(await execute(url, headers['analyst'], READ_OTHER)).toMatchObject({
      data: { project: { id: `${demo.other.accountId}/${demo.other.projectId}` } },
      codes: [],
    });
    expect(await execute(url, headers['reader'], PAUSE)).toMatchObject({ codes: ['FORBIDDEN'] });
    expect(await execute(url, headers['operator'], PAUSE)).toMatchObject({
      data: { pauseTargetGroups: { batchJob: { id: expect.any(String) }, userErrors: [] } },
      codes: [],
    });
    for (const authorization of [undefined, `Bearer ${demo.token}`]) {
      expect(await execute(url, authorization, ACCOUNTS)).toMatchObject({
        status: 401,
        codes: ['UNAUTHENTICATED'],
      });
    }
    const control = new EmulatorControl(String(emulator['control']));
    const effects = await control.effects();
    expect(effects.filter(({ operation }) => operation === 'create_batch_job')).toHaveLength(1);
    const requests = await control.requests();
    expect(requests.map(({ path }) => path)).toContain('/oauth/token');
    const tokens = Object.values(headers);
    expect(requests.filter((request) => tokens.includes(request.headers.authorization ?? ''))).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "the explorers send the operator's token",
  async () => {
    const { url, headers } = await startDemo();
    const graphiql = await (await fetch(`${url}/graphiql`)).text();
    const sandbox = await (await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).text();
    const token = headers['operator']!.replace('Bearer ', '');
    for (const page of [graphiql, sandbox]) expect(page.includes(token)).toBe(true);
    // Sandbox introspects with these headers alone.
    expect(/"sharedHeaders":(\{[^}]*\})/.exec(sandbox)?.[1]).toBe(`{"Authorization":"Bearer ${token}"}`);
  },
  TIMEOUT_MS,
);

test(
  'the emulator serves keys and access tokens directly, also behind a proxy',
  async () => {
    const proxied: string[] = [];
    const proxy = createServer((request, response) => {
      proxied.push(String(request.url));
      response.writeHead(502).end();
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const { port } = proxy.address() as AddressInfo;
    try {
      const { url, headers } = await startDemo({ HTTP_PROXY: `http://127.0.0.1:${port}` });
      expect((await execute(url, headers['reader'], ACCOUNTS)).status).toBe(200);
      expect(proxied).toEqual([]);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  },
  TIMEOUT_MS,
);

test(
  'the API accepts neither a token for the gateway nor one that it has expired, and the gateway recovers',
  async () => {
    const { url, headers, emulator } = await startDemo();
    const control = new EmulatorControl(String(emulator['control']));
    const token = headers['analyst']!.replace('Bearer ', '');
    expect((await callApi({ url: String(emulator['url']) }, 'GET', '/accounts', { token })).status).toBe(401);

    expect((await execute(url, headers['reader'], ACCOUNTS)).codes).toEqual([]);
    await control.identity.expireAccessTokens();
    expect((await execute(url, headers['reader'], ACCOUNTS)).codes).toEqual([]);
    await control.identity.rotateKey({ withdraw: true });
    const renewed = await control.identity.issueUserToken({
      subject: 'reader',
      claims: { accounts: ['101'], scope: 'fielding:read' },
    });
    expect((await execute(url, `Bearer ${renewed}`, ACCOUNTS)).codes).toEqual([]);
  },
  TIMEOUT_MS,
);

const CLIENT = {
  UPSTREAM_OAUTH_TOKEN_URL: 'http://127.0.0.1:1',
  UPSTREAM_OAUTH_CLIENT_ID: 'a',
  UPSTREAM_OAUTH_CLIENT_SECRET: 'b',
};

test.each<[string, Record<string, string>]>([
  ['JWT_AUDIENCE', { JWT_ISSUER: 'http://127.0.0.1:1' }],
  ['UPSTREAM_OAUTH_TOKEN_URL', { JWT_ISSUER: 'http://127.0.0.1:1', JWT_AUDIENCE: 'a' }],
  ['JWT_ISSUER', CLIENT],
])(
  'a start with only a part of the settings ends with a line about %s',
  async (name, env) => {
    const { code, stderr } = await new Program({ ...SERVICE, ...env }).end();
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^[^\n]+\n$/) });
    expect(stderr).toContain(name);
  },
  TIMEOUT_MS,
);

test(
  'without AUTH_MODE=service the demo has no people',
  async () => {
    const program = new Program({ EMULATOR_PORT: '0', EMULATOR_DATA: ':memory:' });
    await program.url();
    const hasSubject = (line: Line) => line['subject'] !== undefined;
    expect(program.lines.filter(hasSubject)).toEqual([]);
    expect(await program.line(({ msg }) => msg === 'Fieldgate is ready.')).toMatchObject({
      header: 'Authorization: Bearer demo',
    });
  },
  TIMEOUT_MS,
);
