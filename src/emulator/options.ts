import type { FastifyBaseLogger } from 'fastify';
import type { DeliveryOptions } from './deliveries/options.js';
import type { RateLimit } from './http/rate-limit.js';
import type { UserTokenRequest } from './identity/issuer.js';
import type { SimulatorOptions } from './simulator/simulator.js';

export interface EmulatorOptions {
  /** The address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The SQLite file, created with its folder. An empty file is seeded with the demo data. Default `:memory:`. */
  readonly data?: string;
  /** Returns milliseconds since the epoch; all time-dependent rules use it. Default `Date.now`. */
  readonly clock?: () => number;
  /** Whether to serve the control surface. Default false. */
  readonly control?: boolean;
  /** The time that a background job takes for each target group, in milliseconds. Default 200. */
  readonly jobStepMs?: number;
  /** The rate limit of each token. Default: none. */
  readonly rateLimit?: RateLimit;
  /** How events are delivered to webhooks. */
  readonly deliveries?: Partial<DeliveryOptions>;
  /** Simulates respondents from the start. Default: only on request of the control surface. */
  readonly simulate?: SimulatorOptions;
  /** Default: silent. */
  readonly logger?: FastifyBaseLogger;
}

export interface Emulator {
  /** The API's base URL, e.g. `http://127.0.0.1:4010/v1`. */
  readonly url: string;
  /** The control surface's URL, e.g. `http://127.0.0.1:4010/__emulator`. */
  readonly controlUrl: string;
  /**
   * The identity provider's issuer identifier, below which `/.well-known/openid-configuration` is served, e.g.
   * `http://127.0.0.1:4010`.
   */
  readonly issuer: string;
  /** The token endpoint's URL, e.g. `http://127.0.0.1:4010/oauth/token`. */
  readonly tokenUrl: string;
  /** Issues a token for a caller of the gateway. */
  issueUserToken(request: UserTokenRequest): Promise<string>;
  /** Closes open connections, stops jobs after their current step, and closes the file. */
  close(): Promise<void>;
}
