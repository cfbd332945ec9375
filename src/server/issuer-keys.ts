import type { JSONWebKeySet } from 'jose';
import { fetchJson } from '../auth/fetch-json.js';
import { readKeySet, type IssuerLocation } from '../auth/key-source.js';
import { proxyFor, type Proxies } from '../config.js';
import { agentFor } from '../upstream/http/node-fetch-agent.js';

/** Key sets of large issuers have about 10 KB. */
const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 5000;

/**
 * Reads the issuer's keys, with a timeout of 5 seconds per request.
 *
 * @throws {Error} if there is no usable key set. The message has no URL
 */
export function readIssuerKeys(
  issuer: IssuerLocation,
  proxies: Proxies,
  signal: AbortSignal,
): Promise<JSONWebKeySet> {
  const limits = {
    maxBytes: MAX_BYTES,
    timeoutMs: TIMEOUT_MS,
    agentFor: (url: URL) => agentFor(url, 1, { proxy: proxyFor(url.href, proxies) }),
  };
  return readKeySet(issuer, (url, end) => fetchJson(url, limits, end), signal);
}
