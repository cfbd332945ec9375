import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { pino } from 'pino';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';

describe('The audits of GraphQL over HTTP', () => {
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
});

describe('Mistakes of clients', () => {
  /** Mistakes that only execution finds, with their messages. */
  const MISTAKES: readonly (readonly [string, string, Readonly<Record<string, unknown>>, RegExp])[] = [
    [
      'null over a default',
      'query ($id: ID = "101/P1") { project(id: $id) { id } }',
      { id: null },
      /^Argument "id" of non-null type "ID!" must not be null\.$/,
    ],
    [
      'null over a default in an input',
      'mutation ($v: Version = "5") { pauseFieldingRun(input: { id: "101/P1/T1/R1", version: $v }) { userErrors { code } } }',
      { v: null },
      /^Argument "input" has invalid value/,
    ],
    [
      'null in a list of an input',
      'mutation ($id: ID = "101/P1/T1") { pauseTargetGroups(input: { targetGroupIds: [$id] }) { userErrors { code } } }',
      { id: null },
      /^Argument "input" has invalid value/,
    ],
    [
      'a version that JSON cannot hold as a number',
      'mutation ($v: Version!) { pauseFieldingRun(input: { id: "101/P1/T1/R1", version: $v }) { userErrors { code } } }',
      { v: 2 ** 53 },
      /^Variable "\$v" got invalid value 9007199254740992; Version must be the `version` of a fielding run as text/,
    ],
    [
      'a time in no format',
      'mutation ($i: UpdateFieldingPeriodInput!) { updateFieldingPeriod(input: $i) { userErrors { code } } }',
      { i: { id: '101/P1/T1/R1', version: '5', startAt: '', endAt: '2030-01-01T00:00:00Z' } },
      /^Variable "\$i" got invalid value "" at "i\.startAt"; DateTime must be RFC 3339 text/,
    ],
    [
      'a list for a time',
      'mutation ($t: DateTime!) { updateFieldingPeriod(input: { id: "101/P1/T1/R1", version: "5", startAt: $t, endAt: $t }) { userErrors { code } } }',
      { t: [['2030-01-01T00:00:00Z']] },
      /^Variable "\$t" got invalid value .*; DateTime must be RFC 3339 text/,
    ],
    [
      'null in @include',
      'query ($with: Boolean = true) { accounts @include(if: $with) { id } }',
      { with: null },
      /^Argument "if" of non-null type "Boolean!" must not be null\.$/,
    ],
    [
      'null in @skip',
      'query ($without: Boolean = false) { __typename ... @skip(if: $without) { accounts { id } } }',
      { without: null },
      /^Argument "if" of non-null type "Boolean!" must not be null\.$/,
    ],
    [
      'null in @skip, in what is introspected',
      'query ($without: Boolean = false) { __schema { queryType { name @skip(if: $without) } } }',
      { without: null },
      /^Argument "if" of non-null type "Boolean!" must not be null\.$/,
    ],
    [
      'a subscription',
      'subscription { fieldingRunUpdated(id: "x") { id } }',
      {},
      /^A subscription cannot be answered with JSON\. Subscribe over WebSocket/,
    ],
    [
      'no operation',
      'fragment F on Query { __typename } query A { ...F } query B { ...F }',
      {},
      /operation name/,
    ],
    [
      'a variable that is missing',
      'query ($id: ID!) { project(id: $id) { id } }',
      {},
      /^Variable "\$id" of required/,
    ],
  ];

  /** Names that resemble those of the schema. */
  const MISSPELT: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
    ['a field', '{ acounts { id } }', {}],
    ['a field without selection', '{ accounts }', {}],
    ['a type', 'query ($id: IDs!) { project(id: $id) { id } }', {}],
    ['a type of a fragment', '{ accounts { ... on Acount { id } } }', {}],
    ['a field of another type', '{ node(id: "101") { name } }', {}],
    ['an argument', '{ project(ids: "101/P1") { id } }', {}],
    ['an argument of a directive', '{ accounts @include(iff: true) { id } }', {}],
    [
      'an enum value',
      '{ targetGroups(projectId: "101/P1", filter: { status: [LIV] }) { nodes { id } } }',
      {},
    ],
    [
      'an enum value as text',
      '{ targetGroups(projectId: "101/P1", filter: { status: ["LIVE"] }) { nodes { id } } }',
      {},
    ],
    [
      'a field of an input',
      '{ targetGroups(projectId: "101/P1", filter: { statu: [LIVE] }) { nodes { id } } }',
      {},
    ],
    [
      'an enum value in a variable',
      'query ($f: TargetGroupFilter) { targetGroups(projectId: "101/P1", filter: $f) { nodes { id } } }',
      { f: { status: ['LIV'] } },
    ],
    [
      'an enum value in a variable, as a number',
      'query ($s: [TargetGroupStatus!]) { targetGroups(projectId: "101/P1", filter: { status: $s }) { nodes { id } } }',
      { s: [7, 'PAUSE'] },
    ],
    [
      'a field of an input in a variable',
      'query ($f: TargetGroupFilter) { targetGroups(projectId: "101/P1", filter: $f) { nodes { id } } }',
      { f: { statu: ['LIVE'] } },
    ],
    [
      'a field of an input of a mutation',
      'mutation ($i: PauseFieldingRunInput!) { pauseFieldingRun(input: $i) { userErrors { code } } }',
      { i: { id: '101/P1/T1/R1', version: '5', versio: '5' } },
    ],
  ];

  describe.each(['planned', 'graphql-js'])('With %s', (execution) => {
    let upstream: ScriptedUpstream;
    let gateway: TestGateway;
    let production: TestGateway;
    const logged: string[] = [];

    beforeAll(async () => {
      upstream = await startScriptedUpstream();
      const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
      const start = (env: Readonly<Record<string, string>>) =>
        startTestGateway({
          demandApiUrl: upstream.url,
          logger,
          env: { GRAPHQL_EXECUTION: execution, ...env },
        });
      gateway = await start({});
      production = await start({ NODE_ENV: 'production' });
    });
    afterAll(async () => {
      await gateway.close();
      await production.close();
      await upstream.close();
    });

    test.each(MISTAKES)('reports %s as a mistake of the client', async (_what, query, variables, message) => {
      // The second time the document is known.
      for (let time = 0; time < 2; time += 1) {
        const { data, errors } = await gateway.execute(query, variables);
        expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
        expect(errors).toMatchObject([
          {
            message: expect.stringMatching(message),
            extensions: { code: 'BAD_USER_INPUT', retryable: false, traceId: expect.any(String) },
          },
        ]);
      }
      expect(logged).toEqual([]);
      expect(upstream.requests).toEqual([]);
    });

    test('reports an unknown operation name as a mistake of the client', async () => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'query A { accounts { id } }', operationName: 'B' }),
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        errors: [{ message: 'Unknown operation named "B".', extensions: { code: 'BAD_USER_INPUT' } }],
      });
      expect(logged).toEqual([]);
      expect(upstream.requests).toEqual([]);
    });

    test.each(MISSPELT)('suggests nothing in production for %s', async (_what, query, variables) => {
      for (let time = 0; time < 2; time += 1) {
        const { errors } = await production.execute(query, variables);
        expect(errors).not.toEqual([]);
        expect(JSON.stringify(errors)).not.toMatch(/did you mean/i);
      }
      expect(logged).toEqual([]);
      expect(upstream.requests).toEqual([]);
    });

    test.each(MISSPELT.filter(([what]) => /variable|^an enum value$|^a field$/.test(what)))(
      'suggests a name elsewhere for %s',
      async (_what, query, variables) => {
        const { errors } = await gateway.execute(query, variables);
        expect(JSON.stringify(errors)).toContain('Did you mean');
      },
    );
  });
});
