import { afterEach, beforeEach } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';

export interface ScriptedOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The path of the REST base. Default: `/v1`. */
  readonly basePath?: string;
}

/** A gateway over HTTP in front of a REST server that does what the test tells it. */
export interface Scripted {
  readonly upstream: ScriptedUpstream;
  readonly execute: TestGateway['execute'];
  /** What the REST server has heard, in order, e.g. `GET /v1/accounts`. */
  calls(): string[];
  /** Another REST server, which no token and no request should ever reach. */
  foreigner(): Promise<ScriptedUpstream>;
}

/** Gives every test a gateway and a REST server of its own, and closes them. */
export function useScripted({ env = {}, basePath = '/v1' }: ScriptedOptions = {}): Scripted {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let foreigners: ScriptedUpstream[] = [];

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startTestGateway({ demandApiUrl: new URL(basePath, upstream.url).href, env });
  });
  afterEach(async () => {
    await gateway.close();
    await Promise.all([upstream, ...foreigners].map((server) => server.close()));
    foreigners = [];
  });

  return {
    get upstream() {
      return upstream;
    },
    execute: (document, variables, options) => gateway.execute(document, variables, options),
    calls: () => upstream.requests.map(({ method, path }) => `${method} ${path}`),
    async foreigner() {
      const server = await startScriptedUpstream();
      foreigners.push(server);
      return server;
    },
  };
}

/** Quick failures: short waits, a short attempt, and an operation that is over soon after. */
export const impatient = {
  DEMAND_API_RETRY_BASE_MS: '1',
  DEMAND_API_TIMEOUT_MS: '150',
  REQUEST_TIMEOUT_MS: '800',
};
