import proxyAddr from '@fastify/proxy-addr';
import { makeExactValidator } from 'envalid';
import { wholeNumber } from './whole-number.js';

/** `*` for any origin, or a list such as `https://app.example.com`, which may be empty. */
export type AllowedOrigins = '*' | readonly string[];

/** The proxies whose `X-Forwarded-For` counts: how many stand in front of the gateway, or their addresses and networks. */
export type TrustedProxies = number | readonly string[];

/** Who may reach the gateway, and from where. */
export interface ExposureConfig {
  /**
   * `TRUST_PROXY` (none): the proxies in front of the gateway, as their number or as a list of addresses, networks, `loopback`,
   * `linklocal` and `uniquelocal`. Undefined where `X-Forwarded-For` is ignored, because any client can send it.
   */
  readonly trustProxy: TrustedProxies | undefined;
  /**
   * `CORS_ORIGINS` (`*`): the origins whose pages may call, over HTTP and WebSocket; `none` for no page. Any may by default,
   * because `Authorization` is the only credential, and a browser adds it to no request by itself.
   */
  readonly corsOrigins: AllowedOrigins;
  /**
   * `MAX_CONNECTIONS_PER_ADDRESS` (20000; 0 for no limit): open connections from one address, in this process. Those from a
   * trusted proxy do not count.
   */
  readonly maxConnectionsPerAddress: number;
}

const MAX_PROXIES = 32;

const trustProxy = makeExactValidator<TrustedProxies>((input) => {
  if (/^\d+$/.test(input)) {
    const hops = Number(input);
    if (hops >= 1 && hops <= MAX_PROXIES) return hops;
    throw new Error(`must be at most ${MAX_PROXIES} proxies, and at least one; leave it out to trust none`);
  }
  const addresses = input.split(',').map((part) => part.trim());
  try {
    proxyAddr.compile(addresses);
  } catch {
    throw new Error(
      'must be the number of proxies, or a list of addresses and networks, like 10.0.0.0/8,fd00::/8,loopback',
    );
  }
  return addresses;
});

const origins = makeExactValidator<AllowedOrigins>((input) => {
  const given = input.split(',').map((part) => part.trim());
  const [first = ''] = given;
  if (given.length === 1 && first === '*') return '*';
  if (given.length === 1 && first === 'none') return [];
  for (const origin of given) {
    if (!isOrigin(origin)) {
      throw new Error(
        `has ${JSON.stringify(origin)}, which is no origin: write \`*\`, \`none\`, or a list like https://app.example.com,http://localhost:3000, without paths, wildcards or \`null\``,
      );
    }
  }
  return given;
});

/** As browsers send it: no path, no default port, no uppercase (RFC 6454, 6.2). */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** The validators of the variables, for envalid. */
export const exposureVariables = {
  TRUST_PROXY: trustProxy({ default: undefined }),
  CORS_ORIGINS: origins({ default: '*' }),
  MAX_CONNECTIONS_PER_ADDRESS: wholeNumber(0, 1_000_000)({ default: 20_000 }),
};

interface ExposureEnvironment {
  readonly TRUST_PROXY: TrustedProxies | undefined;
  readonly CORS_ORIGINS: AllowedOrigins;
  readonly MAX_CONNECTIONS_PER_ADDRESS: number;
}

export function exposureConfig(env: ExposureEnvironment): ExposureConfig {
  return {
    trustProxy: env.TRUST_PROXY,
    corsOrigins: env.CORS_ORIGINS,
    maxConnectionsPerAddress: env.MAX_CONNECTIONS_PER_ADDRESS,
  };
}
