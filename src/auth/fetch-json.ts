import type { Agent } from 'node:http';
import fetch, { FetchError } from 'node-fetch';

export interface FetchJsonOptions {
  /** The most bytes of a response. */
  readonly maxBytes: number;
  /** Until the last byte of the response, in milliseconds. */
  readonly timeoutMs: number;
  /** Creates the connection pool for one request, e.g. through a proxy. Default: Node's. */
  readonly agentFor?: ((url: URL) => Agent) | undefined;
}

/**
 * Gets JSON with a bound on time and size. Redirects are not followed, because they could lead anywhere.
 *
 * @throws {Error} if the response is not a 200 with JSON. The message has neither URL nor body.
 */
export async function fetchJson(
  url: string,
  { maxBytes, timeoutMs, agentFor }: FetchJsonOptions,
  signal: AbortSignal,
): Promise<unknown> {
  const agent = agentFor?.(new URL(url));
  const abort = new AbortController();
  const stop = () => {
    abort.abort();
  };
  const timer = setTimeout(stop, timeoutMs);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      size: maxBytes,
      signal: abort.signal,
      ...(agent && { agent }),
    });
    if (response.status !== 200)
      throw new Error(`The status of the response is ${response.status}, not 200.`);
    return JSON.parse(await response.text()) as unknown;
  } catch (error) {
    throw new Error(problemOf(error, abort.signal.aborted), { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    // Ends a response that has not been read to its end.
    stop();
    agent?.destroy();
  }
}

function problemOf(error: unknown, isAborted: boolean): string {
  if (isAborted) return 'There is no complete response in time.';
  if (error instanceof SyntaxError) return 'The response is not JSON.';
  if (error instanceof FetchError) {
    if (error.type === 'max-size') return 'The response is too large.';
    return `The request failed: ${error.code ?? error.type}.`;
  }
  return error instanceof Error ? error.message : 'The request failed.';
}
