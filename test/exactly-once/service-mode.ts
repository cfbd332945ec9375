import { createHmac } from 'node:crypto';
import { demo } from '../../src/emulator/index.js';
import type { Effect, LoggedRequest } from '../helpers/emulator.js';
import { principalByName, unusedIssuer } from '../helpers/test-principal.js';
import { startTokenEndpoint, type TestTokenEndpoint } from '../helpers/token-endpoint.js';
import type { MutationResult } from './mutation-result.js';

const HMAC_KEY = 'the-hmac-key-of-the-exactly-once-tests';
const PRINCIPALS = 2;

const accounts = [String(demo.accountId)];
const authenticate = principalByName(new Proxy({}, { get: () => accounts }));

/**
 * What `AUTH_MODE=service` changes for a schedule: its clients are two principals, which use the same idempotency keys
 * under the gateway's credential. So that the ledger tells them apart, keys are renamed: `k` of the principal `p` becomes
 * `p k`, in the clients' results and in what was sent upstream.
 */
export class ServiceMode {
  readonly authenticate = authenticate;
  readonly #tokens: TestTokenEndpoint;
  /** The names by the keys that are to be sent for them. */
  readonly #names = new Map<string, string>();

  private constructor(tokens: TestTokenEndpoint) {
    this.#tokens = tokens;
  }

  static async start(): Promise<ServiceMode> {
    return new ServiceMode(await startTokenEndpoint(() => demo.token));
  }

  get env(): Readonly<Record<string, string>> {
    return { ...unusedIssuer, ...this.#tokens.env, IDEMPOTENCY_HMAC_KEY: HMAC_KEY };
  }

  get tokenRequests(): number {
    return this.#tokens.requests().length;
  }

  principal(schedule: number, client: number): string {
    return `principal-${schedule}-${client % PRINCIPALS}`;
  }

  renamedInResult(result: MutationResult, principal: string): MutationResult {
    const { request, outcome } = result;
    const rename = (key: string): string => {
      const name = `${principal} ${key}`;
      this.#names.set(sentKey(principal, key), name);
      return name;
    };
    return {
      ...result,
      request:
        request.kind === 'job' && request.key !== undefined
          ? { ...request, key: rename(request.key) }
          : request,
      outcome:
        'key' in outcome && outcome.key !== undefined ? { ...outcome, key: rename(outcome.key) } : outcome,
    };
  }

  renamedInEffect(effect: Effect): Effect {
    return { ...effect, idempotency_key: this.#nameOf(effect.idempotency_key) };
  }

  renamedInRequest(request: LoggedRequest): LoggedRequest {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') return request;
    return { ...request, headers: { ...request.headers, 'idempotency-key': this.#nameOf(key) } };
  }

  close(): Promise<void> {
    return this.#tokens.close();
  }

  #nameOf<Key extends string | null>(key: Key): Key | string {
    return (key === null ? undefined : this.#names.get(key)) ?? key;
  }
}

/** The key that the gateway is to send, in every attempt. */
function sentKey(principal: string, key: string): string {
  const { key: principalKey } = authenticate(`Bearer ${principal}`);
  return createHmac('sha256', HMAC_KEY)
    .update(JSON.stringify([principalKey, key]))
    .digest('base64url');
}
