import type { DemandApiConfig, UpstreamOAuthConfig } from '../config.js';
import type { Logger } from '../telemetry/logger.js';
import { noRecorder } from '../telemetry/recorder.js';
import type { Tracer } from '../telemetry/tracer.js';
import { Breakers, type BreakerStates } from './resilience/breakers.js';
import type { DemandClientDeps } from './client/client.js';
import { Cooldowns } from './resilience/cooldowns.js';
import { RequestSender } from './http/request-sender.js';
import { FieldingRunCache } from './state/fielding-run-cache.js';
import { JobTracker } from './state/job-tracker.js';
import type { JobStore } from '../state/job-store.js';
import { createHttp1Client } from '../lib/http1/http1-client.js';
import type { HttpClient, HttpClientOptions } from './http/http.js';
import { createNodeFetchClient } from './http/node-fetch-client.js';
import { RetryBudget } from './resilience/retry-budget.js';
import { AccessTokens } from './credential/access-tokens.js';
import { ForwardedCredentials, type Credentials } from './credential/credentials.js';
import { ServiceCredentials } from './credential/service-credentials.js';
import { pathsAffectedBy } from './resources/resource-ref.js';
import { SingleFlight } from './resilience/single-flight.js';
import { Transport, type TransportDeps } from './resilience/transport.js';
import { Semaphore } from './resilience/semaphore.js';

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * Calls to the Demand API that wait because too many are in flight: how many wait now, and how many have had to wait since the
 * start.
 */
export interface CallQueue {
  readonly waiting: number;
  readonly waited: number;
}

/** Everything that connects the process to one Demand API. */
export interface Upstream {
  readonly client: DemandClientDeps;
  breakers(): BreakerStates;
  /** Calls that wait for a permit: how many do now, and how many have had to since the start. */
  queue(): CallQueue;
  /** How many callers have to wait after a 429. */
  cooldowns(): number;
  /** Has later reads below a path not share calls that are in flight now: something there may have changed. */
  endSharedReads(path: string): void;
  close(): void;
}

/** The replaceable parts, each shared by all calls of the process. */
export type UpstreamParts = Omit<TransportDeps, 'sender'> &
  Pick<DemandClientDeps, 'fieldingRuns' | 'credentials'>;

/**
 * Wires the layer together.
 *
 * @param baseUrl the REST base with its path
 * @param now milliseconds since the epoch
 * @param others parts that replace the configured ones
 */
export async function createUpstream(
  config: DemandApiConfig,
  baseUrl: string,
  now: () => number,
  jobs: JobStore,
  {
    credentials = new ForwardedCredentials(config.version),
    recorder = noRecorder,
    ...others
  }: Partial<UpstreamParts> = {},
): Promise<Upstream> {
  const { timeoutMs, concurrency, ifMatch, retry, proxy } = config;
  const clientOptions = { baseUrl, maxSockets: concurrency, maxBodyBytes: MAX_BODY_BYTES };
  const changes = createNodeFetchClient(clientOptions, { proxy });
  // The other clients do not support proxies.
  const transport = proxy === undefined ? config.transport : 'node-fetch';
  const reads = (await createReadClient(transport, clientOptions)) ?? changes;
  const { fieldingRuns, ...parts }: Omit<UpstreamParts, 'credentials' | 'recorder'> = {
    semaphore: new Semaphore(concurrency),
    breakers: new Breakers(config.breaker),
    budget: new RetryBudget({ share: retry.budgetShare, floor: retry.budgetFloor }),
    cooldowns: new Cooldowns(),
    flights: new SingleFlight(recorder),
    fieldingRuns: new FieldingRunCache(),
    ...others,
  };
  const sender = new RequestSender({ timeoutMs }, { reads, changes });
  const calls = new Transport({ retryPolicy: retry, now }, { sender, recorder, ...parts });
  return {
    client: {
      transport: calls,
      credentials,
      baseUrl,
      fieldingRuns,
      jobs: new JobTracker(jobs),
      ifMatch,
      recorder,
    },
    breakers: () => parts.breakers.states,
    queue: () => ({ waiting: parts.semaphore.waiting, waited: parts.semaphore.waited }),
    cooldowns: () => parts.cooldowns.active,
    endSharedReads: (path) => {
      parts.flights.endBelow(...pathsAffectedBy(path));
    },
    close: () => {
      reads.close();
      changes.close();
      credentials.close();
      parts.cooldowns.close();
    },
  };
}

/** The gateway's own credentials, for `AUTH_MODE=service`. They are closed with the {@link Upstream}. */
export async function createServiceCredentials(
  { tokenUrl, clientId, clientSecret, params, idempotencyHmacKey, proxy }: UpstreamOAuthConfig,
  apiVersion: string,
  logger: Logger,
  tracer?: Tracer,
): Promise<Credentials> {
  // Only this mode needs the OAuth library.
  const { TokenEndpoint } = await import('./credential/token-endpoint.js');
  const endpoint = new TokenEndpoint({ tokenUrl, clientId, clientSecret, params, proxy, tracer });
  const name = [tokenUrl, clientId];
  return new ServiceCredentials({ apiVersion, name, idempotencyHmacKey }, new AccessTokens(endpoint, logger));
}

/** @returns undefined if reads share the client for changes */
async function createReadClient(
  transport: DemandApiConfig['transport'],
  options: HttpClientOptions,
): Promise<HttpClient | undefined> {
  switch (transport) {
    case 'http1':
      return createHttp1Client(options);
    case 'undici': {
      // undici takes 8 MB of memory, so it is loaded only if it is configured.
      const { createUndiciClient } = await import('./http/undici-client.js');
      return createUndiciClient(options);
    }
    case 'node-fetch':
      return undefined;
  }
}
