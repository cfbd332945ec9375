import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import fetch, { type Response } from 'node-fetch';
import { toHttpFailure } from './http-failure.js';
import { HttpFailure, type HttpClient, type HttpRequest, type HttpResponse } from './http.js';

export interface NodeFetchClientOptions {
  /** The most sockets to one host. */
  readonly maxSockets: number;
  /** The most bytes of a body, after decompression. */
  readonly maxBodyBytes: number;
}

/** An HTTP client on `node-fetch`, with keep-alive. It follows no redirect: a token must not travel to another host. */
export function createNodeFetchClient({ maxSockets, maxBodyBytes }: NodeFetchClientOptions): HttpClient {
  const options = { keepAlive: true, maxSockets, scheduling: 'lifo' as const };
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);

  return {
    async send({ url, ...request }: HttpRequest): Promise<HttpResponse> {
      const response = await fetch(url, {
        ...request,
        body: request.body ?? null,
        redirect: 'manual',
        size: maxBodyBytes,
        agent: ({ protocol }) => (protocol === 'https:' ? https : http),
      }).catch((error: unknown) => {
        throw toFailure(error);
      });
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        body: await readBody(response),
      };
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

async function readBody(response: Response): Promise<HttpResponse['body']> {
  try {
    return { text: await response.text() };
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
