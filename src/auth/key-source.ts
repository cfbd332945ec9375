import type { JSONWebKeySet } from 'jose';
import { isJsonObject } from '../json-value.js';

/** Gets JSON from a URL; rejects if it cannot. */
type GetJson = (url: string, signal: AbortSignal) => Promise<unknown>;

export interface IssuerLocation {
  readonly jwksUrl: string | undefined;
  readonly issuer: string | undefined;
}

/**
 * Reads the key set of an issuer. Without its URL, this looks it up in the issuer's metadata each time, because the URL may
 * change.
 *
 * @throws {Error} if there is no usable key set
 */
export async function readKeySet(
  { jwksUrl, issuer }: IssuerLocation,
  getJson: GetJson,
  signal: AbortSignal,
): Promise<JSONWebKeySet> {
  const url = jwksUrl ?? (await discoverKeySet(issuer ?? '', getJson, signal));
  const keySet = await getJson(url, signal);
  if (hasSigningKey(keySet)) return keySet;
  throw new Error('The response is not a JSON Web Key Set with a public signing key.');
}

/** The key set's URL in the metadata of an issuer (OpenID Connect Discovery 1.0, 4). */
async function discoverKeySet(issuer: string, getJson: GetJson, signal: AbortSignal): Promise<string> {
  const metadata = await getJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, signal);
  if (!isJsonObject(metadata)) throw new Error("The issuer's metadata is not an object.");
  // Otherwise one issuer could pose as another (OpenID Connect Discovery 1.0, 4.3 and 7.2).
  if (metadata['issuer'] !== issuer) throw new Error("The issuer's metadata has another `issuer`.");
  const url = metadata['jwks_uri'];
  if (typeof url !== 'string' || !URL.canParse(url))
    throw new Error("The issuer's metadata has no `jwks_uri`.");
  const { protocol } = new URL(url);
  if (protocol === 'https:' || (protocol === 'http:' && new URL(issuer).protocol === 'http:')) return url;
  throw new Error("The `jwks_uri` in the issuer's metadata is less secure than the issuer.");
}

/**
 * An empty set would reject every caller. It counts as a failure of the issuer, so that the last keys stay in use.
 */
function hasSigningKey(value: unknown): value is JSONWebKeySet {
  if (!isJsonObject(value) || !Array.isArray(value['keys'])) return false;
  const keys: readonly unknown[] = value['keys'];
  return keys.every(isJsonObject) && keys.some(({ kty, use }) => ASYMMETRIC.has(kty) && use !== 'enc');
}

const ASYMMETRIC: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);
