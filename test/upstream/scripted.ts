import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';

export interface ScriptedOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The path of the REST base. Default: `/v1`. */
  readonly basePath?: string;
}

/** A gateway over HTTP in front of a REST server that the test scripts. */
export interface Scripted {
  readonly upstream: ScriptedUpstream;
  readonly execute: TestGateway['execute'];
  /** The requests that the REST server received, in order, e.g. `GET /v1/accounts`. */
  calls(): string[];
  /** Another REST server, which must never receive a request or a token. */
  foreigner(): Promise<ScriptedUpstream>;
}

/**
 * Gives each test of a file or block a gateway and a REST server without rules. Each test has its own credential, so that
 * it sees no state of another.
 */
export function useScripted({ env = {}, basePath = '/v1' }: ScriptedOptions = {}): Scripted {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let token: string;
  let foreigners: ScriptedUpstream[] = [];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startTestGateway({ demandApiUrl: new URL(upstream.url).origin + basePath, env });
  });
  beforeEach(() => {
    upstream.reset();
    token = randomUUID();
  });
  afterEach(async () => {
    await Promise.all(foreigners.map((server) => server.close()));
    foreigners = [];
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  return {
    get upstream() {
      return upstream;
    },
    execute: (document, variables, options) => gateway.execute(document, variables, { token, ...options }),
    calls: () => upstream.requests.map(({ method, path }) => `${method} ${path}`),
    async foreigner() {
      const server = await startScriptedUpstream();
      foreigners.push(server);
      return server;
    },
  };
}

/** Fast and unlimited failures: short delays, attempts and deadlines, but such that nothing else fails on a busy machine. */
export const impatient = {
  DEMAND_API_RETRY_BASE_MS: '1',
  DEMAND_API_RETRY_BUDGET_FLOOR: '1000',
  DEMAND_API_BREAKER_MIN_CALLS: '1000',
  DEMAND_API_TIMEOUT_MS: '800',
  REQUEST_TIMEOUT_MS: '2000',
};
