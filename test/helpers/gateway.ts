import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type GraphQLFormattedError } from 'graphql';
import { pino } from 'pino';
import { readConfig } from '../../src/config.js';
import { startGateway, type GatewayOptions } from '../../src/server.js';
import { loggerOptions, type Logger } from '../../src/telemetry/logger.js';
import { isAudited, keep } from './audit/write.js';
import { executor } from './executor.js';

export interface TestGatewayOptions extends Omit<GatewayOptions, 'config' | 'demandApiUrl'> {
  /** The REST base: the emulator's, or a scripted upstream's. */
  readonly demandApiUrl: string;
  /** Variables of the environment beside those that every test wants. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ExecuteOptions {
  /** Default: the demo's; null sends none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Answer<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data | null | undefined;
  /** Empty where all went well. */
  readonly errors: readonly GraphQLFormattedError[];
}

export interface TestGateway {
  readonly url: string;
  /** Where metrics have a port of their own. */
  readonly metricsUrl: string | undefined;
  /** One operation over HTTP, from a typed document or from text. */
  execute<Data, Variables>(
    document: TypedDocumentNode<Data, Variables> | string,
    variables?: Variables,
    options?: ExecuteOptions,
  ): Promise<Answer<Data>>;
  close(): Promise<void>;
}

/** A gateway in this process, on a free port, silent. Close it. */
export async function startTestGateway({
  demandApiUrl,
  env,
  ...options
}: TestGatewayOptions): Promise<TestGateway> {
  // The event loop is the test's own, too: that it is busy says nothing of the gateway, nor that an operation takes long.
  const config = readConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    OVERLOAD_WAIT_MS: '0',
    SLOW_OPERATION_MS: '0',
    ...executor,
    ...env,
  });
  const gateway = await startGateway({
    ...(isAudited && { logger: auditLogger() }),
    ...options,
    config,
    demandApiUrl,
  });
  return {
    url: gateway.url,
    metricsUrl: gateway.metricsUrl,
    close: () => gateway.close(),
    async execute<Data, Variables>(
      document: TypedDocumentNode<Data, Variables> | string,
      variables?: Variables,
      { token = 'demo', headers, signal }: ExecuteOptions = {},
    ) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: JSON.stringify({ query: typeof document === 'string' ? document : print(document), variables }),
        ...(signal === undefined ? {} : { signal }),
      });
      const { data, errors = [] } = (await response.json()) as {
        data?: Data | null;
        errors?: GraphQLFormattedError[];
      };
      if (errors.length > 0) keep('errors', `${JSON.stringify(errors)}\n`);
      return { status: response.status, headers: response.headers, data, errors };
    },
  };
}

/** As `createLogger`, at its most talkative, and not to standard output. */
function auditLogger(): Logger {
  return pino(loggerOptions('trace'), {
    write: (line) => {
      keep('logs', line);
    },
  });
}
