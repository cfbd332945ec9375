import type { Agent } from 'undici';
import { CLOUD_EVENT_TYPE } from './cloud-event.js';
import { signatureOf } from './signature.js';

/** The outcome of an attempt. `failure` is the reason of a failed one. */
export interface Outcome {
  readonly status: number | null;
  readonly failure: string | null;
}

interface SignedBody {
  readonly body: string;
  /** The key of the signature. */
  readonly secret: string;
  /** The time of the signature, in seconds since the epoch. */
  readonly seconds: number;
}

/** More of a response body than this is not read; the connection is closed instead. */
const MAX_BODY = 65_536;

/**
 * Posts signed bodies. Only a 2xx counts as received; redirects are not followed, because the webhook's owner chose the
 * URL and did not choose where it redirects to.
 */
export class SignedPosts {
  #agent: Agent | undefined;
  readonly #inFlight = new Set<AbortController>();

  /** @param timeoutMs for the whole exchange, in milliseconds */
  constructor(private readonly timeoutMs: number) {}

  /** Never rejects. */
  async send(url: string, { body, secret, seconds }: SignedBody): Promise<Outcome> {
    const controller = new AbortController();
    const { signal } = controller;
    const timeout = setTimeout(() => {
      controller.abort(new Error(`There was no response within ${this.timeoutMs} ms.`));
    }, this.timeoutMs);
    this.#inFlight.add(controller);
    const headers = {
      'content-type': CLOUD_EVENT_TYPE,
      'cint-signature': signatureOf(secret, seconds, body),
    };
    try {
      // Most emulators have no webhooks, and need no client.
      const { default: undici } = await import('undici');
      signal.throwIfAborted();
      this.#agent ??= new undici.Agent();
      const response = await undici.request(url, {
        method: 'POST',
        headers,
        body,
        dispatcher: this.#agent,
        signal,
      });
      const status = response.statusCode;
      await response.body.dump({ limit: MAX_BODY, signal });
      return { status, failure: status >= 200 && status < 300 ? null : `The response was ${status}.` };
    } catch (error) {
      return { status: null, failure: reasonOf(error) };
    } finally {
      clearTimeout(timeout);
      this.#inFlight.delete(controller);
    }
  }

  abortAll(): void {
    for (const controller of this.#inFlight) controller.abort();
  }

  async close(): Promise<void> {
    await this.#agent?.destroy();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The message of an AggregateError, one error for each address of a host, is empty.
  return error.message !== '' ? error.message : 'code' in error ? String(error.code) : error.name;
}
