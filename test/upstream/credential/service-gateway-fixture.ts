import { afterEach, beforeEach } from '@jest/globals';
import { pino } from 'pino';
import {
  startTestGateway,
  type Answer,
  type ExecuteOptions,
  type TestGateway,
} from '../../helpers/gateway.js';
import {
  startScriptedUpstream,
  type ReceivedRequest,
  type Script,
  type ScriptedResponse,
  type ScriptedUpstream,
} from '../../helpers/scripted-upstream.js';
import { principalByName, unusedIssuer, type TestAccounts } from '../../helpers/test-principal.js';
import { startTokenEndpoint, type TestTokenEndpoint } from '../../helpers/token-endpoint.js';

/** Failures are quick: retries without delay, and no breaker. */
const QUICK = {
  DEMAND_API_RETRY_BASE_MS: '1',
  DEMAND_API_RETRY_MAX_MS: '2',
  DEMAND_API_RETRY_BUDGET_FLOOR: '100000',
  DEMAND_API_BREAKER_MIN_CALLS: '100000',
};

export interface ServiceGatewayFixtureOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly accounts?: TestAccounts;
}

/** A gateway in `AUTH_MODE=service` between a token endpoint and a REST server, both of which the test scripts. */
export interface ServiceGatewayFixture {
  readonly tokens: TestTokenEndpoint;
  readonly api: ScriptedUpstream;
  readonly gateway: TestGateway;
  execute<Data>(document: string, variables?: object, options?: ExecuteOptions): Promise<Answer<Data>>;
  /** Scripts the responses to a method and path for calls with the last token issued; others get a 401. */
  on(call: string, script: ScriptedResponse | readonly ScriptedResponse[] | Script): void;
  /** Stops accepting the tokens issued so far. */
  revoke(): void;
  sent(call?: string): ReceivedRequest[];
  /** Everything that the gateway has logged, at the level `trace`. */
  log(): string;
}

/** Gives each test new servers. */
export function useServiceGatewayFixture({
  env,
  accounts,
}: ServiceGatewayFixtureOptions = {}): ServiceGatewayFixture {
  let tokens: TestTokenEndpoint;
  let api: ScriptedUpstream;
  let gateway: TestGateway;
  let revoked = 0;
  let lines: string[] = [];

  beforeEach(async () => {
    lines = [];
    revoked = 0;
    tokens = await startTokenEndpoint();
    api = await startScriptedUpstream();
    gateway = await startTestGateway({
      demandApiUrl: api.url,
      env: { ...QUICK, ...unusedIssuer, ...tokens.env, ...env },
      authenticate: principalByName(accounts),
      logger: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }),
    });
  });
  afterEach(async () => {
    await gateway.close();
    await api.close();
    await tokens.close();
  });

  const isAccepted = ({ headers }: ReceivedRequest) =>
    tokens
      .issued()
      .slice(revoked)
      .some((token) => headers.authorization === `Bearer ${token}`);

  return {
    get tokens() {
      return tokens;
    },
    get api() {
      return api;
    },
    get gateway() {
      return gateway;
    },
    execute: (document, variables, options) =>
      gateway.execute(document, variables, { token: 'alice', ...options }),
    on(call, script) {
      const [method = '', path = ''] = call.split(' ');
      let accepted = 0;
      api.on(method, path, (request, nth) => {
        if (!isAccepted(request)) return REJECTED;
        if (typeof script === 'function') return script(request, nth);
        const responses = Array.isArray(script)
          ? (script as readonly ScriptedResponse[])
          : [script as ScriptedResponse];
        return responses[Math.min(accepted++, responses.length - 1)] ?? {};
      });
    },
    revoke() {
      revoked = tokens.issued().length;
    },
    sent: (call) =>
      api.requests.filter(
        ({ method, path }) =>
          call === undefined || `${method} ${path.replace(/^\/v1/, '').replace(/\?.*/, '')}` === call,
      ),
    log: () => lines.join(''),
  };
}

export const REJECTED: ScriptedResponse = {
  status: 401,
  body: { object: 'authorization_error', id: 'e-401', detail: 'The token is invalid.' },
};

/** The number of each of the tokens that requests carried, e.g. `[1, 1, 2]`. */
export function tokenNumbers(requests: readonly ReceivedRequest[]): number[] {
  return requests.map(({ headers }) =>
    Number(/^Bearer planted-token-(\d+)$/.exec(headers.authorization ?? '')?.[1]),
  );
}
