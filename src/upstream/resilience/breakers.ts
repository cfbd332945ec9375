import { Breaker, type BreakerOptions, type Verdict } from './breaker.js';
import type { Call } from '../http/call.js';
import { HttpFailure, type HttpFailureKind, type HttpResponse } from '../http/http.js';
import { pathTemplate } from '../resources/path-template.js';

/** The part of a call that selects its breaker. */
type Route = Pick<Call, 'method' | 'path'>;

/** Which calls currently fail fast. */
export interface BreakerStates {
  /** True if all calls fail fast, because the API cannot be reached. */
  readonly connections: boolean;
  /** The methods and path templates whose calls fail fast, e.g. `GET /demand/accounts/{account_id}/projects`. */
  readonly paths: readonly string[];
}

/**
 * Circuit breakers for calls: one per method and path template, so that a failing path does not block the others, and one
 * for connections, which all paths share. 4xx responses never count as failures.
 *
 * | outcome of a call                          | its path | connections |
 * | ------------------------------------------ | -------- | ----------- |
 * | connection refused, unknown host, TLS      |          | down        |
 * | connection lost before a response          | down     |             |
 * | response cut off                           | down     | up          |
 * | timeout after the head of the response     | down     | up          |
 * | timeout without a response                 | down     |             |
 * | 5xx                                        | down     | up          |
 * | any other response, readable or not        | up       | up          |
 * | caller disconnected, or dead in the pool  |          |             |
 */
export class Breakers {
  readonly #options: BreakerOptions;
  readonly #connections: Breaker;
  /** By method, then by path template. */
  readonly #paths = new Map<string, Map<string, Breaker>>();

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#connections = new Breaker(options);
  }

  get states(): BreakerStates {
    const paths = [...this.#paths].flatMap(([method, breakers]) =>
      [...breakers].filter(([, { isOpen }]) => isOpen).map(([template]) => `${method} ${template}`),
    );
    return { connections: this.#connections.isOpen, paths: paths.sort() };
  }

  /** When to retry a call that was not let through. */
  get retryAfterSeconds(): number {
    return Math.ceil(this.#options.probeAfterMs / 1000);
  }

  /**
   * @param send receives whether the call is a probe
   * @returns undefined if nothing was sent, because a breaker is open or a probe is in flight
   */
  async execute(
    route: Route,
    send: (isProbe: boolean) => Promise<HttpResponse>,
  ): Promise<HttpResponse | undefined> {
    const path = this.#pathOf(route);
    if (!this.#connections.takesCalls || !path.takesCalls) return undefined;
    const isProbe = this.#connections.isOpen || path.isOpen;
    const settlePath = path.begin();
    const settleConnections = this.#connections.begin();
    let verdict = NOTHING;
    try {
      const response = await send(isProbe);
      verdict = response.status >= 500 ? FAILED : ANSWERED;
      return response;
    } catch (error) {
      if (error instanceof HttpFailure) verdict = verdictOf(error);
      throw error;
    } finally {
      settlePath(verdict.path);
      settleConnections(verdict.connections);
    }
  }

  #pathOf({ method, path }: Route): Breaker {
    let breakers = this.#paths.get(method);
    if (breakers === undefined) this.#paths.set(method, (breakers = new Map<string, Breaker>()));
    const template = pathTemplate(path);
    let breaker = breakers.get(template);
    if (breaker === undefined) breakers.set(template, (breaker = new Breaker(this.#options)));
    return breaker;
  }
}

interface Verdicts {
  readonly path: Verdict;
  readonly connections: Verdict;
}

const NOTHING: Verdicts = { path: 'none', connections: 'none' };
const ANSWERED: Verdicts = { path: 'up', connections: 'up' };
const FAILED: Verdicts = { path: 'down', connections: 'up' };

const VERDICTS: Readonly<Record<HttpFailureKind, Verdicts>> = {
  'not-connected': { path: 'none', connections: 'down' },
  broken: { path: 'down', connections: 'none' },
  'timed-out': { path: 'down', connections: 'none' },
  aborted: NOTHING,
  'too-large': ANSWERED,
  undecodable: ANSWERED,
};

function verdictOf({ kind, answered, pooled }: HttpFailure): Verdicts {
  if (pooled) return NOTHING;
  const verdicts = VERDICTS[kind];
  return answered && kind !== 'aborted' ? { ...verdicts, connections: 'up' } : verdicts;
}
