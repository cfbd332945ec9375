import { request } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import {
  startTestGateway,
  type Answer,
  type ExecuteOptions,
  type TestGateway,
} from '../../helpers/gateway.js';
import {
  startScriptedUpstream,
  type ReceivedRequest,
  type ScriptedResponse,
  type ScriptedUpstream,
} from '../../helpers/scripted-upstream.js';
import { until } from '../../helpers/until.js';
import { pause } from './waiting.js';

/** Retries without delay, budget or breaker. Tests of one of these configure it. */
const QUICK = {
  REQUEST_TIMEOUT_MS: '5000',
  DEMAND_API_TIMEOUT_MS: '2000',
  DEMAND_API_RETRY_BASE_MS: '1',
  DEMAND_API_RETRY_MAX_MS: '2',
  DEMAND_API_RETRY_BUDGET_FLOOR: '100000',
  DEMAND_API_BREAKER_MIN_CALLS: '100000',
};

export interface GatewayFixtureOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether each test has its own servers, because it would leave state behind. Default: all share them. */
  readonly perTest?: boolean;
}

/** A gateway over HTTP in front of a REST server that the test scripts. */
export interface GatewayFixture {
  readonly api: ScriptedUpstream;
  readonly gateway: TestGateway;
  /** The test's own credential, so that no test sees the state of another. */
  readonly token: string;
  execute<Data>(document: string, variables?: object, options?: ExecuteOptions): Promise<Answer<Data>>;
  /** Sends an operation on its own connection, which `leave` closes. */
  begin(document: string, variables?: object): { readonly leave: () => void };
  /** Scripts the responses to a method and path, e.g. `GET /accounts`. */
  on(call: string, script: Parameters<ScriptedUpstream['on']>[2]): void;
  /** The upstream requests with this method and path, e.g. `GET /accounts`; all requests if omitted. */
  sent(call?: string): ReceivedRequest[];
  /** Waits until this many requests have arrived upstream. */
  untilSent(count: number, call?: string): Promise<void>;
}

export function useGatewayFixture({ env, perTest = false }: GatewayFixtureOptions = {}): GatewayFixture {
  let api: ScriptedUpstream;
  let gateway: TestGateway;
  let token = '';
  let tests = 0;

  const start = async () => {
    api = await startScriptedUpstream();
    gateway = await startTestGateway({ demandApiUrl: api.url, env: { ...QUICK, ...env } });
  };
  const close = async () => {
    await gateway.close();
    await api.close();
  };
  beforeAll(warmUp);
  (perTest ? beforeEach : beforeAll)(start);
  (perTest ? afterEach : afterAll)(close);
  beforeEach(() => {
    api.requests.length = 0;
    token = `token-${(tests += 1)}`;
  });

  const fixture: GatewayFixture = {
    get api() {
      return api;
    },
    get gateway() {
      return gateway;
    },
    get token() {
      return token;
    },
    execute: (document, variables, options) => gateway.execute(document, variables, { token, ...options }),
    begin(document, variables) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const sending = request(`${gateway.url}/graphql`, { method: 'POST', headers, agent: false });
      sending.on('error', () => undefined);
      sending.end(JSON.stringify({ query: document, variables }));
      return { leave: () => sending.destroy() };
    },
    on(call, script) {
      const [method = '', path = ''] = call.split(' ');
      api.on(method, path, script);
    },
    sent: (call) =>
      api.requests.filter(
        ({ method, path }) => call === undefined || `${method} ${withoutQuery(path)}` === call,
      ),
    untilSent: (count, call) => until(() => fixture.sent(call).length >= count),
  };
  return fixture;
}

let warm: Promise<void> | undefined;

/**
 * Makes one call per test file as a warm-up. Jest loads the gateway again for each file, and on a busy machine the first
 * call may take longer than the short timeouts of a test.
 */
function warmUp(): Promise<void> {
  warm ??= (async () => {
    const api = await startScriptedUpstream();
    const gateway = await startTestGateway({ demandApiUrl: api.url, env: QUICK });
    api.on('GET', '/accounts', { body: { accounts: [] } });
    await gateway.execute('{ accounts { name } }', {}, { token: 'warm-up' });
    await gateway.close();
    await api.close();
  })();
  return warm;
}

function withoutQuery(path: string): string {
  return path.replace(/^\/v1/, '').replace(/\?.*/, '');
}

export { pause, until };

/** The only error of an operation. */
export function errorOf({ errors }: Answer<unknown>): GraphQLFormattedError {
  expect(errors).toHaveLength(1);
  return errors[0]!;
}

/** The `extensions` of the only error, without the common ones. */
export function failureOf(answer: Answer<unknown>): Readonly<Record<string, unknown>> {
  const { traceId, ...extensions } = errorOf(answer).extensions ?? {};
  expect(traceId).toEqual(expect.stringMatching(/^[0-9a-f]{32}$/));
  return extensions;
}

/** Expects attempts of one call: equal requests, each with its own span in one trace. */
export function expectAttempts(attempts: readonly ReceivedRequest[], count: number): void {
  expect(attempts).toHaveLength(count);
  const traces = attempts.map(({ headers }) => String(headers['traceparent']).split('-'));
  expect(new Set(traces.map(([, traceId]) => traceId)).size).toBe(Math.min(1, count));
  expect(new Set(traces.map(([, , parentId]) => parentId)).size).toBe(count);
  const alike = attempts.map(({ headers, ...rest }) => ({
    ...rest,
    headers: { ...headers, traceparent: '' },
  }));
  for (const attempt of alike) expect(attempt).toEqual(alike[0]);
}

export const BROKEN: Readonly<Record<string, ScriptedResponse>> = {
  'a reset': { fault: 'reset' },
  'a timeout': { fault: 'hang' },
  'a 502': { status: 502, body: '<h1>Bad Gateway</h1>' },
  'a 503': { status: 503 },
  'a 504': { status: 504 },
};
