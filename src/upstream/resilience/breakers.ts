import { Breaker, type BreakerOptions, type Verdict } from './breaker.js';
import type { Call } from '../http/call.js';
import { HttpFailure, type HttpFailureKind, type HttpResponse } from '../http/http.js';
import { pathTemplate } from '../resources/path-template.js';

/** What of a call tells which breaker is its own. */
type Route = Pick<Call, 'method' | 'path'>;

/** Which calls fail fast at the moment. */
export interface BreakerStates {
  /** All calls: the API cannot be reached. */
  readonly connections: boolean;
  /** Calls of a method and path template, e.g. `GET /demand/accounts/{account_id}/projects`. */
  readonly paths: readonly string[];
}

/**
 * Stops calls that are bound to fail: one breaker for each method and path template, so that a path that fails does not
 * keep calls from the others, and one for connections, which all paths share. 4xx never count.
 *
 * | end of a call                            | its path | connections |
 * | ---------------------------------------- | -------- | ----------- |
 * | refused, no such host, TLS               |          | down        |
 * | reset or closed before it was answered   | down     |             |
 * | answer that broke off                    | down     | up          |
 * | timeout, whole answer                    | down     | up          |
 * | timeout, no answer                       | down     |             |
 * | 5xx                                      | down     | up          |
 * | any other answer, readable or not        | up       | up          |
 * | caller gone; died in the connection pool |          |             |
 */
export class Breakers {
  readonly #options: BreakerOptions;
  readonly #connections: Breaker;
  readonly #paths = new Map<string, Breaker>();

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#connections = new Breaker(options);
  }

  get states(): BreakerStates {
    const open = [...this.#paths].filter(([, breaker]) => breaker.isOpen);
    return { connections: this.#connections.isOpen, paths: open.map(([path]) => path).sort() };
  }

  /** When to try again, where a call was not let through. */
  get retryAfterSeconds(): number {
    return Math.ceil(this.#options.probeAfterMs / 1000);
  }

  /**
   * @param send is told whether the call is a probe
   * @returns undefined where a breaker is open, or a probe is under way: nothing has been sent
   */
  async execute(
    route: Route,
    send: (isProbe: boolean) => Promise<HttpResponse>,
  ): Promise<HttpResponse | undefined> {
    const path = this.#pathOf(route);
    if (!this.#connections.takesCalls || !path.takesCalls) return undefined;
    const isProbe = this.#connections.isOpen || path.isOpen;
    const endOfPath = path.begin();
    const endOfConnection = this.#connections.begin();
    let verdict = NOTHING;
    try {
      const response = await send(isProbe);
      verdict = response.status >= 500 ? FAILED : ANSWERED;
      return response;
    } catch (error) {
      if (error instanceof HttpFailure) verdict = verdictOf(error);
      throw error;
    } finally {
      endOfPath(verdict.path);
      endOfConnection(verdict.connections);
    }
  }

  #pathOf({ method, path }: Route): Breaker {
    const template = `${method} ${pathTemplate(path)}`;
    let breaker = this.#paths.get(template);
    if (breaker === undefined) {
      breaker = new Breaker(this.#options);
      this.#paths.set(template, breaker);
    }
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
