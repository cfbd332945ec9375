import type { RuleLimits } from './rule-list.js';

/**
 * A fault rule, as the control surface accepts it. At most one of `status`, `reset`, `truncate` and `stale` is
 * allowed; without any of them the real response is sent, modified by the other members.
 */
export interface FaultRule extends RuleLimits {
  /** The method to match. Default: any. */
  readonly method?: string;
  /**
   * A regular expression to match, without the query, against the path below `/v1`, or against a whole path outside of
   * it: `^/oauth/token$`, `^/\.well-known/`.
   */
  readonly path: string;
  /** Whether the request is processed before the fault is applied. Default false. */
  readonly after_effect?: boolean;
  /** Delays the response's headers, in milliseconds. Default 0. */
  readonly delay_ms?: number;
  /** Delays the second half of the body, in milliseconds. Default 0. */
  readonly body_delay_ms?: number;
  /** Responds with this status instead of the real response. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Resets the connection instead of responding. */
  readonly reset?: boolean;
  /** Sends the real headers, then closes the connection half-way through the body, if there is one. */
  readonly truncate?: boolean;
  /** Serves a fielding run as it was before its last change, as a lagging replica does. */
  readonly stale?: boolean;
  /**
   * Changes the response's entity tag as proxies do: removes it, appends a suffix (`W/"6-gzip"`), or replaces it
   * with the request's `If-Match`.
   */
  readonly entity_tag?: 'stripped' | 'suffixed' | 'expected';
  /**
   * After the response, sends an unsolicited 408 and closes the connection once it has been idle for this many
   * milliseconds (RFC 9110, 15.5.9).
   */
  readonly idle_timeout_ms?: number;
}

/** Validates what the schema of a rule cannot express. @returns the problem, or undefined if the rule is valid */
export function validateRule(rule: FaultRule): string | undefined {
  const outcomes = [
    rule.status !== undefined,
    rule.reset === true,
    rule.truncate === true,
    rule.stale === true,
  ];
  if (outcomes.filter(Boolean).length > 1) return 'Only one of status, reset, truncate and stale is allowed.';
  if (rule.status === undefined && (rule.headers !== undefined || rule.body !== undefined)) {
    return 'headers and body require a status.';
  }
  try {
    new RegExp(rule.path);
    return undefined;
  } catch {
    return 'path must be a regular expression.';
  }
}
