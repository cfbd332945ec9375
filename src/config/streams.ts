import { wholeNumber } from './whole-number.js';

/**
 * Limits of what stays open. One subscription more than a limit is rejected with an error that names it; nothing is opened.
 */
export interface StreamsConfig {
  /** `MAX_SUBSCRIPTIONS_PER_CONNECTION` (100): operations that run at the same time on one WebSocket, queries included. */
  readonly maxPerConnection: number;
  /** `MAX_SUBSCRIPTIONS_PER_PRINCIPAL` (10000): subscriptions of one caller in this process, on all of its connections. */
  readonly maxPerPrincipal: number;
  /** `MAX_SUBSCRIPTIONS` (20000): subscriptions in this process. */
  readonly max: number;
  /**
   * `STREAM_HEARTBEAT_MS` (25000): how often a client is pinged, or sent a heartbeat, while nothing happens: more often than
   * proxies close idle connections. A WebSocket whose client does not answer is closed at the next ping.
   */
  readonly heartbeatMs: number;
}

/** The validators of the variables, for envalid. */
export const streamsVariables = {
  MAX_SUBSCRIPTIONS_PER_CONNECTION: wholeNumber(1, 1_000_000)({ default: 100 }),
  MAX_SUBSCRIPTIONS_PER_PRINCIPAL: wholeNumber(1, 10_000_000)({ default: 10_000 }),
  MAX_SUBSCRIPTIONS: wholeNumber(1, 10_000_000)({ default: 20_000 }),
  STREAM_HEARTBEAT_MS: wholeNumber(10, 600_000)({ default: 25_000 }),
};

type StreamsEnvironment = { readonly [Name in keyof typeof streamsVariables]: number };

export function streamsConfig(env: StreamsEnvironment): StreamsConfig {
  return {
    maxPerConnection: env.MAX_SUBSCRIPTIONS_PER_CONNECTION,
    maxPerPrincipal: env.MAX_SUBSCRIPTIONS_PER_PRINCIPAL,
    max: env.MAX_SUBSCRIPTIONS,
    heartbeatMs: env.STREAM_HEARTBEAT_MS,
  };
}
