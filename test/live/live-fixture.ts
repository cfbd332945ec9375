import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { createClient as createSseClient, type Client as SseClient } from 'graphql-sse';
import { createClient, type Client, type ClientOptions } from 'graphql-ws';
import { WebSocket } from 'ws';
import { demo } from '../../src/emulator/index.js';
import { callApi, demoPaths, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../helpers/gateway.js';

export const liveRunId = `${demo.accountId}/${demo.projectId}/${demo.live.targetGroupId}/${demo.live.fieldingRunId}`;

export const RUN_UPDATED = `subscription Run($id: ID!) { fieldingRunUpdated(id: $id) { status version } }`;
export const RUN = `query Run($id: ID!) { fieldingRun(id: $id) { status version } }`;

/** The subscription that the tests have in common. */
export const runUpdated = { query: RUN_UPDATED, variables: { id: liveRunId } };

const AUTHORIZATION = 'Bearer demo';

/** Outside production, results say what they cost. */
const PRODUCTION = { NODE_ENV: 'production' };

/** Reads what is subscribed every few milliseconds. */
export const FAST_POLLING = { POLL_MIN_MS: '20', POLL_MAX_MS: '20' };

export interface LiveFixture {
  readonly emulator: TestEmulator;
  gateway: TestGateway;
  /** Pauses or resumes the live run, past the gateway. @returns what subscribers receive then */
  change(): Promise<RunState>;
  /** Starts a gateway instead of the one that runs. */
  restart(options?: Partial<TestGatewayOptions>): Promise<void>;
  /** How many reads of the live run have reached the Demand API so far. */
  reads(): Promise<number>;
  close(): Promise<void>;
}

export interface RunState {
  readonly status: string;
  readonly version: string;
}

export async function startLiveFixture(options: Partial<TestGatewayOptions> = {}): Promise<LiveFixture> {
  const emulator = await startTestEmulator();
  const start = ({ env, ...rest }: Partial<TestGatewayOptions> = {}) =>
    startTestGateway({
      demandApiUrl: emulator.url,
      ...rest,
      env: { ...PRODUCTION, ...FAST_POLLING, ...env },
    });
  const path = demoPaths.run(demo.live);
  const fixture: LiveFixture = {
    emulator,
    gateway: await start(options),
    async change() {
      const run = await callApi(emulator, 'GET', path);
      const { status } = (await run.json()) as { status: string };
      const version = Number(/\d+/.exec(run.headers.get('etag') ?? '')?.[0]);
      const [action, next] = /^live$/i.test(status) ? ['pause', 'PAUSED'] : ['resume', 'LIVE'];
      const changed = await callApi(emulator, 'POST', `${path}/${action}`, {
        headers: { 'if-match': `W/"${version}"` },
      });
      if (!changed.ok) throw new Error(`${action}: ${changed.status} ${await changed.text()}`);
      return { status: next, version: String(version + 1) };
    },
    async restart(wanted) {
      await fixture.gateway.close();
      fixture.gateway = await start(wanted);
    },
    async reads() {
      const requests = await emulator.control.requests();
      return requests.filter((request) => request.method === 'GET' && request.path.endsWith(path)).length;
    },
    async close() {
      await fixture.gateway.close();
      await emulator.close();
    },
  };
  return fixture;
}

/** The URL of WebSockets. */
export function webSocketUrl({ url }: TestGateway): string {
  return `${url.replace('http', 'ws')}/graphql`;
}

/** A client of `graphql-ws` that gives up at once. Dispose of it. */
export function webSocketClient(gateway: TestGateway, options: Partial<ClientOptions> = {}): Client {
  return createClient({
    url: webSocketUrl(gateway),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: AUTHORIZATION },
    retryAttempts: 0,
    ...options,
  });
}

/** A client of `graphql-sse` that gives up at once. Dispose of it. */
export function sseClient(
  { url }: TestGateway,
  headers: Readonly<Record<string, string>> = { authorization: AUTHORIZATION },
): SseClient {
  return createSseClient({ url: `${url}/graphql`, headers: { ...headers }, retryAttempts: 0 });
}

/** Apollo Client, which subscribes over multipart HTTP. Stop it. */
export function multipartClient({ url }: TestGateway, authorization = AUTHORIZATION): ApolloClient {
  const link = new HttpLink({ uri: `${url}/graphql`, headers: { authorization } });
  return new ApolloClient({ link, cache: new InMemoryCache() });
}

/** What a subscriber is received, in order: results, then `complete` or an error. */
export class ReceivedResults {
  readonly results: unknown[] = [];
  end: unknown;

  readonly sink = {
    next: (result: unknown) => void this.results.push(result),
    error: (error: unknown) => {
      this.end = error;
    },
    complete: () => {
      this.end = 'complete';
    },
  };

  /** The states of the live run. */
  get runs(): readonly unknown[] {
    return this.results.map(
      (result) => (result as { data?: { fieldingRunUpdated?: unknown } }).data?.fieldingRunUpdated,
    );
  }
}
