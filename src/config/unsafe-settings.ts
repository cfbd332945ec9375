import type { ExposureConfig } from './exposure.js';
import type { RateLimitsConfig } from './rate-limits.js';

interface CheckedSettings {
  readonly production: boolean;
  readonly rateLimits: RateLimitsConfig;
  readonly exposure: ExposureConfig;
  readonly demandApi: { readonly url: string | undefined };
}

const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])$/;

/** What is valid but hardly meant in production, one sentence each. */
export function unsafeSettings({
  production,
  rateLimits,
  exposure,
  demandApi,
}: CheckedSettings): readonly string[] {
  if (!production) return [];
  const { url } = demandApi;
  const isCleartext = url !== undefined && url.startsWith('http:') && !LOOPBACK.test(new URL(url).hostname);
  return [
    ...(url === undefined
      ? ['DEMAND_API_URL is not set: the emulator is started, whose tokens are public.']
      : []),
    ...(isCleartext
      ? ['DEMAND_API_URL is an http URL: credentials are sent to the Demand API in the clear.']
      : []),
    ...(rateLimits.isChosen
      ? []
      : [
          'RATE_LIMIT_COST_PER_MINUTE is not set: callers may ask for as much as they like. Set it, or set it to 0 to say so.',
        ]),
    ...(rateLimits.addressCostPerMinute + rateLimits.authFailuresPerMinute > 0 &&
    exposure.trustProxy === undefined
      ? [
          'Addresses are limited, and TRUST_PROXY is not set: behind a proxy, all clients have the address of the proxy.',
        ]
      : []),
  ];
}
