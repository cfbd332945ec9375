/**
 * One way to misbehave, as the control surface takes it. At most one of `status`, `reset`, `truncate` and `stale`; with none
 * of them the answer is the real one, but for what else the rule says.
 */
export interface FaultRule {
  /** Which requests: any method where absent. */
  readonly method?: string;
  /** A regular expression that the path below `/v1`, without the query, is searched for. */
  readonly path: string;
  /** How many matching requests it affects; without end where absent. */
  readonly times?: number;
  /** Which part of the matching requests it affects, 0 to 1, by chance that is the same for the same `seed`. Default 1. */
  readonly share?: number;
  readonly seed?: number;
  /** Whether the request is carried out before its answer is spoilt. Default false. */
  readonly after_effect?: boolean;
  /** How long the answer's head is held back, in milliseconds. Default 0. */
  readonly delay_ms?: number;
  /** How long the second half of the body is held back, in milliseconds. Default 0. */
  readonly body_delay_ms?: number;
  /** Answers with this status in place of the real answer. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Resets the connection instead of answering. */
  readonly reset?: boolean;
  /** Sends the real head, and closes the connection half-way through the body, where there is one. */
  readonly truncate?: boolean;
  /** A read of a fielding run shows it as it was before its last change, as a replica that lags behind does. */
  readonly stale?: boolean;
  /**
   * What becomes of the answer's entity tag, as proxies change it: it is left out, gets a suffix (`W/"6-gzip"`), or is the
   * one that the request sent as `If-Match`.
   */
  readonly entity_tag?: 'stripped' | 'suffixed' | 'expected';
  /**
   * After the answer, a connection that brings no request for so many milliseconds gets a 408 that nobody asked for, and is
   * closed (RFC 9110, 15.5.9).
   */
  readonly idle_timeout_ms?: number;
}

/** What is wrong with a rule beyond its fields' types, if anything. */
export function flawOf(rule: FaultRule): string | undefined {
  const outcomes = [
    rule.status !== undefined,
    rule.reset === true,
    rule.truncate === true,
    rule.stale === true,
  ];
  if (outcomes.filter(Boolean).length > 1)
    return 'Only one of status, reset, truncate and stale can be given.';
  if (rule.status === undefined && (rule.headers !== undefined || rule.body !== undefined)) {
    return 'headers and body need a status.';
  }
  try {
    new RegExp(rule.path);
    return undefined;
  } catch {
    return 'path must be a regular expression.';
  }
}
