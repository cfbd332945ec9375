import type { Agent } from 'node:http';
import fetch, { type RequestInit, type Response } from 'node-fetch';
import { decodeBody } from '../../lib/http1/http1-client.js';
import { toHttpFailure } from './http-failure.js';
import {
  HttpFailure,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
} from './http.js';
import { agentFor, IdleConnections, type AgentOptions } from './node-fetch-agent.js';

/**
 * Creates an HTTP client on `node-fetch` with keep-alive. It follows no redirects, because a token must not reach another
 * host, and does not request compression.
 */
export function createNodeFetchClient(
  { baseUrl, maxSockets, maxBodyBytes }: HttpClientOptions,
  agentOptions: AgentOptions = {},
): HttpClient {
  const agent = agentFor(new URL(baseUrl), maxSockets, agentOptions);
  const idle = new IdleConnections(agent);
  const { proxy } = agentOptions;

  return {
    async send(request): Promise<HttpResponse> {
      const { cancellation } = request;
      // node-fetch would destroy the body with an error that nothing handles.
      if (cancellation.cancelled) throw new HttpFailure('aborted', undefined);
      const abort = new AbortController();
      const cancel = () => {
        abort.abort();
      };
      cancellation.onCancel(cancel);
      if (request.fresh === true) idle.close();
      const connection = { reused: false };
      try {
        const response = await idle.watch(
          () => (connection.reused = true),
          () => fetch(baseUrl + request.path, fetchOptions(request, maxBodyBytes, agent, abort.signal)),
        );
        // Only a proxy sends 407, and it forwards nothing before it has credentials (RFC 9110, 15.5.8).
        if (proxy !== undefined && response.status === 407) {
          abort.abort();
          throw new HttpFailure('not-connected', new Error('The proxy rejected the credentials.'));
        }
        return {
          status: response.status,
          header: (name) => response.headers.get(name) ?? undefined,
          body: await readBody(response, maxBodyBytes),
        };
      } catch (error) {
        if (error instanceof HttpFailure) throw error;
        const failure = toFailure(error);
        if (!connection.reused || failure.kind !== 'broken') throw failure;
        idle.close();
        throw new HttpFailure('broken', failure.cause, { pooled: true });
      } finally {
        cancellation.offCancel(cancel);
      }
    },
    close() {
      agent.destroy();
    },
  };
}

function fetchOptions(
  { method, sharedHeaders, headers, body }: HttpRequest,
  maxBodyBytes: number,
  agent: Agent,
  signal: AbortSignal,
): RequestInit {
  return {
    method,
    headers: { ...sharedHeaders, ...headers },
    body: body ?? null,
    signal,
    redirect: 'manual',
    size: maxBodyBytes,
    // node-fetch supports fewer codings, and reports a body that it cannot decode as a lost connection.
    compress: false,
    agent,
  };
}

async function readBody(response: Response, maxBytes: number): Promise<HttpResponse['body']> {
  try {
    const latin1 = Buffer.from(await response.arrayBuffer()).toString('latin1');
    return decodeBody(latin1, response.headers.get('content-encoding') ?? undefined, maxBytes);
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

function toFailure(error: unknown): HttpFailure {
  const { name, type } = error as { name?: unknown; type?: unknown };
  if (name === 'AbortError') return new HttpFailure('aborted', error);
  if (type === 'max-size') return new HttpFailure('too-large', error);
  return toHttpFailure(error);
}
