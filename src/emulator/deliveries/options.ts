/** How events are delivered to webhooks. Times are milliseconds of the system's clock. */
export interface DeliveryOptions {
  /** How long an attempt may take. Default 10,000. */
  readonly timeoutMs: number;
  /** The pause after a first failed attempt; it doubles with each further one. Default 1000. */
  readonly retryBaseMs: number;
  /** The longest pause between attempts. Default one hour. */
  readonly retryMaxMs: number;
  /** Attempts after which a delivery expires. Default 10. */
  readonly maxAttempts: number;
  /** The age at which a delivery expires that has not arrived. Default 24 hours. */
  readonly expireAfterMs: number;
  /** Consecutive failed attempts after which an endpoint gets nothing for a while. Default 20. */
  readonly breakerFailures: number;
  /** How long that is, until one delivery probes the endpoint. Default 30,000. */
  readonly breakerPauseMs: number;
  /** The most attempts in flight; one webhook gets its deliveries one after another. Default 16. */
  readonly concurrency: number;
}

export const defaultDeliveryOptions: DeliveryOptions = {
  timeoutMs: 10_000,
  retryBaseMs: 1000,
  retryMaxMs: 3_600_000,
  maxAttempts: 10,
  expireAfterMs: 86_400_000,
  breakerFailures: 20,
  breakerPauseMs: 30_000,
  concurrency: 16,
};
