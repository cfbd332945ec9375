import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FormattedExecutionResult } from 'graphql';
import { pino } from 'pino';
import { until } from '../helpers/until.js';
import type { TestGateway, TestGatewayOptions } from '../helpers/gateway.js';
import {
  startLiveFixture,
  ReceivedResults,
  webSocketClient,
  type LiveFixture,
} from '../live/live-fixture.js';

/** An operation as a client sends it, whatever it names its document by. */
export interface Sent {
  readonly query?: string;
  readonly documentId?: unknown;
  readonly doc_id?: unknown;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
}

/** What `send` returns: the first result. */
export type Result = Pick<FormattedExecutionResult, 'data' | 'errors'>;

/** Sends an operation, and gives the first result of it. */
export type Transport = (gateway: TestGateway, sent: Sent, token?: string) => Promise<Result>;

export const sha256 = (text: string): string => hash('sha256', text);
export const persisted = (sha256Hash: string): Pick<Sent, 'extensions'> => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});

async function post(gateway: TestGateway, sent: unknown, token: string, accept: string): Promise<Response> {
  return await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, accept },
    body: JSON.stringify(sent),
  });
}

/** The first result of a stream, which is cancelled then. */
async function firstOf(response: Response): Promise<Result> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const [, json] = /(?:^|\n)(?:data: ?)?(\{"(?:data|errors|payload)".*\})\r?\n/.exec(text) ?? [];
    if (json !== undefined) {
      const result = JSON.parse(json) as Result & { payload?: Result };
      return result.payload ?? result;
    }
  }
  return JSON.parse(text) as Result;
}

const POST: Transport = async (gateway, sent, token = 'demo') =>
  (await (await post(gateway, sent, token, 'application/json')).json()) as Result;

const GET: Transport = async (gateway, sent, token = 'demo') => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(sent) as [string, unknown][]) {
    if (value !== undefined) params.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const response = await fetch(`${gateway.url}/graphql?${params}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
  });
  return (await response.json()) as Result;
};

const eventStream: Transport = async (gateway, sent, token = 'demo') =>
  await firstOf(await post(gateway, sent, token, 'text/event-stream'));

const multipart: Transport = async (gateway, sent, token = 'demo') =>
  await firstOf(
    await post(gateway, sent, token, 'multipart/mixed;subscriptionSpec=1.0, application/json;q=0.9'),
  );

const webSocket: Transport = async (gateway, sent, token = 'demo') => {
  const client = webSocketClient(gateway, { connectionParams: { authorization: `Bearer ${token}` } });
  const received = new ReceivedResults();
  // The protocol requires a `query`, so that clients leave it empty.
  client.subscribe({ query: '', ...sent }, received.sink);
  await until(() => received.results.length > 0 || received.end !== undefined);
  await client.dispose();
  const [first] = received.results;
  return (first as Result | undefined) ?? { errors: received.end as NonNullable<Result['errors']> };
};

const batch: Transport = async (gateway, sent, token = 'demo') => {
  const response = await post(gateway, [sent], token, 'application/json');
  const results = (await response.json()) as Result[];
  return results[0]!;
};

/** All ways to send an operation, by name. */
export const transports: readonly (readonly [name: string, transport: Transport])[] = [
  ['POST', POST],
  ['GET', GET],
  ['Server-Sent Events', eventStream],
  ['multipart', multipart],
  ['WebSocket', webSocket],
  ['a batch', batch],
];

export const streams = transports.filter(([name]) => /events|multipart|socket/i.test(name));

/** The code of the one error; undefined where there is none. */
export function codeOf({ errors }: Result): unknown {
  return errors?.map(({ extensions }) => extensions?.['code']).join();
}

export interface SafelistFixture {
  readonly live: LiveFixture;
  /** The file of the safelist, in a folder of its own. */
  readonly path: string;
  readonly folder: string;
  readonly log: Record<string, unknown>[];
  /** Requests that have reached the Demand API since this was called last. */
  upstream(): Promise<number>;
  close(): Promise<void>;
}

/** A gateway with a safelist, in front of an emulator. */
export async function startSafelistFixture(
  documents: object,
  { env, ...options }: Partial<TestGatewayOptions> = {},
): Promise<SafelistFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'safelist-'));
  const path = join(folder, 'safelist.json');
  await writeFile(path, JSON.stringify(documents));
  const log: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'info', base: null },
    { write: (line) => void log.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const live = await startLiveFixture({
    logger,
    ...options,
    env: {
      SAFELIST_FILE: path,
      SAFELIST_MODE: 'enforce',
      SAFELIST_POLL_MS: '10',
      MAX_BATCH_SIZE: '10',
      ...env,
    },
  });
  return {
    live,
    path,
    folder,
    log,
    async upstream() {
      const { control } = live.emulator;
      const { length } = await control.requests();
      await control.forgetRequests();
      return length;
    },
    async close() {
      await live.close();
      await rm(folder, { recursive: true });
    },
  };
}
