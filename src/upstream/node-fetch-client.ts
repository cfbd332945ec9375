import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import fetch, { type Response } from 'node-fetch';
import { decodeBody } from './content-coding.js';
import { toHttpFailure } from './http-failure.js';
import { HttpFailure, type HttpClient, type HttpClientOptions, type HttpResponse } from './http.js';

/**
 * An HTTP client on `node-fetch`, with keep-alive. It follows no redirect, since a token must not travel to another host,
 * and asks for no compression.
 */
export function createNodeFetchClient({ baseUrl, maxSockets, maxBodyBytes }: HttpClientOptions): HttpClient {
  const options = { keepAlive: true, maxSockets, scheduling: 'lifo' as const };
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);

  return {
    async send({ method, path, common, headers, body = null, cancellation }): Promise<HttpResponse> {
      const abort = new AbortController();
      const cancel = () => {
        abort.abort();
      };
      cancellation.onCancel(cancel);
      if (cancellation.cancelled) cancel();
      try {
        const response = await fetch(baseUrl + path, {
          method,
          headers: { ...common, ...headers },
          body,
          signal: abort.signal,
          redirect: 'manual',
          size: maxBodyBytes,
          // Its own decoding knows fewer codings, and tells a body that cannot be decoded as a broken connection.
          compress: false,
          agent: ({ protocol }) => (protocol === 'https:' ? https : http),
        });
        return {
          status: response.status,
          header: (name) => response.headers.get(name) ?? undefined,
          body: await readBody(response, maxBodyBytes),
        };
      } catch (error) {
        throw toFailure(error);
      } finally {
        cancellation.offCancel(cancel);
      }
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

async function readBody(response: Response, maxBytes: number): Promise<HttpResponse['body']> {
  try {
    const octets = Buffer.from(await response.arrayBuffer()).toString('latin1');
    return decodeBody(octets, response.headers.get('content-encoding') ?? undefined, maxBytes);
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
