import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fetchJson } from '../../src/auth/fetch-json.js';
import { KeySet, KeysUnavailableError, type KeySetTiming } from '../../src/auth/key-set.js';
import { readKeySet } from '../../src/auth/key-source.js';
import { TokenError, TokenVerifier } from '../../src/auth/token-verifier.js';
import { readConfig } from '../../src/config.js';
import { newSigningKey, startTestIssuer, type IssuerFault, type TestIssuer } from '../helpers/issuer.js';
import { until } from '../helpers/until.js';

const NEVER_MS = 3_600_000;

let issuer: TestIssuer;
let failures: string[];
let open: KeySet[];

beforeEach(async () => {
  issuer = await startTestIssuer();
  failures = [];
  open = [];
});
afterEach(async () => {
  for (const keys of open) keys.close();
  await issuer.close();
});

interface VerifierOptions extends KeySetTiming {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** A verifier with the key set of the issuer, which it has not read yet. */
function verifier({ env, timeoutMs = 5000, ...timing }: VerifierOptions = {}): TokenVerifier {
  const { jwt } = readConfig({ ...issuer.env, ...env });
  if (jwt === undefined) throw new Error('The test configures no JWTs.');
  const keys = new KeySet({
    read: (signal) =>
      readKeySet(jwt, (url, end) => fetchJson(url, { maxBytes: 65_536, timeoutMs }, end), signal),
    onFailure: (error) => failures.push(error instanceof Error ? error.message : String(error)),
    maxAgeMs: NEVER_MS,
    cooldownMs: NEVER_MS,
    failureCooldownMs: NEVER_MS,
    ...timing,
  });
  open.push(keys);
  return new TokenVerifier({ config: jwt, keys, now: Date.now });
}

const outcome = async (verifying: TokenVerifier, token: string): Promise<string> => {
  try {
    await verifying.verify(`Bearer ${token}`);
    return 'accepted';
  } catch (error) {
    if (error instanceof TokenError) return error.problem;
    if (error instanceof KeysUnavailableError) return 'unavailable';
    throw error;
  }
};

const jwksReads = () => issuer.requests.filter((path) => path === '/jwks').length;

describe('the keys', () => {
  test('are found through the metadata of the issuer, and read once for concurrent operations', async () => {
    const verifying = verifier();
    const token = await issuer.token();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(verifying, token)));
    expect(new Set(outcomes)).toEqual(new Set(['accepted']));
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });

  test('are read from a configured URL without metadata', async () => {
    const verifying = verifier({ env: { JWT_JWKS_URL: `${issuer.jwksUrl}?v=1` } });
    expect(await outcome(verifying, await issuer.token())).toBe('accepted');
    expect(issuer.requests).toEqual(['/jwks?v=1']);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['another issuer', { issuer: 'https://evil.test' }],
    ['an issuer that differs by a slash', { issuer: 'slash' }],
    ['no issuer', { issuer: undefined }],
    ['no key set', { jwks_uri: undefined }],
    ['a file as key set', { jwks_uri: 'file:///etc/passwd' }],
  ])('are not read through metadata with %s', async (_what, members) => {
    issuer.setMetadata(members['issuer'] === 'slash' ? { issuer: `${issuer.url}/` } : members);
    expect(await outcome(verifier(), await issuer.token())).toBe('unavailable');
    expect(jwksReads()).toBe(0);
    expect(failures).toHaveLength(1);
  });
});

describe('a rotation', () => {
  test('takes effect at once each time, even during the cooldown', async () => {
    const verifying = verifier();
    for (let nth = 1; nth <= 3; nth += 1) {
      expect(await outcome(verifying, await issuer.token())).toBe('accepted');
      expect(jwksReads()).toBe(nth);
      await issuer.rotate({ keepOld: nth === 1 });
    }
  });

  test('keeps tokens of the old key valid while it is published, and no longer', async () => {
    const verifying = verifier({ cooldownMs: 0 });
    const old = await issuer.token();
    await issuer.rotate({ keepOld: true });
    expect(await outcome(verifying, await issuer.token())).toBe('accepted');
    expect(await outcome(verifying, old)).toBe('accepted');
    await issuer.rotate();
    expect(await outcome(verifying, await issuer.token())).toBe('accepted');
    expect(await outcome(verifying, old)).toBe('invalid');
  });

  test('is noticed when the keys are old', async () => {
    const verifying = verifier({ maxAgeMs: 0 });
    const old = await issuer.token();
    expect(await outcome(verifying, old)).toBe('accepted');
    await issuer.rotate();
    expect(await outcome(verifying, old)).toBe('invalid');
  });

  test('invented key ids cause one read per cooldown, and none while another is in flight', async () => {
    const verifying = verifier();
    expect(await outcome(verifying, await issuer.token())).toBe('accepted');
    const forged = await Promise.all(
      Array.from({ length: 20 }, async () => await issuer.token({ key: await newSigningKey() })),
    );
    const outcomes = await Promise.all(forged.map((token) => outcome(verifying, token)));
    for (const token of forged) outcomes.push(await outcome(verifying, token));
    expect(new Set(outcomes)).toEqual(new Set(['invalid']));
    expect(jwksReads()).toBe(2);
    expect(await outcome(verifying, await issuer.token())).toBe('accepted');
  });

  test('is found after the cooldown of an invented key id', async () => {
    const verifying = verifier({ cooldownMs: 20 });
    expect(await outcome(verifying, await issuer.token({ header: { kid: 'invented' } }))).toBe('invalid');
    await issuer.rotate();
    const token = await issuer.token();
    await until(async () => (await outcome(verifying, token)) === 'accepted');
  });

  test('an invented key id in the first token causes no second read', async () => {
    expect(await outcome(verifier(), await issuer.token({ header: { kid: 'invented' } }))).toBe('invalid');
    expect(jwksReads()).toBe(1);
  });

  test('a forged token with a known key id causes no read', async () => {
    const verifying = verifier();
    await outcome(verifying, await issuer.token());
    const forged = await issuer.token({ key: { ...(await newSigningKey()), kid: issuer.key.kid } });
    expect(await outcome(verifying, forged)).toBe('invalid');
    expect(jwksReads()).toBe(1);
  });
});

describe('while the issuer cannot be reached', () => {
  const NOT_COMPLETE = 'There is no complete response in time.';
  const FAULTS: [IssuerFault, string][] = [
    ['reset', 'The request failed: ECONNRESET.'],
    ['error', 'The status of the response is 503, not 200.'],
    ['hang', NOT_COMPLETE],
    ['drip', NOT_COMPLETE],
    ['huge', 'The response is too large.'],
    ['text', 'The response is not JSON.'],
    ['empty', 'The response is not a JSON Web Key Set with a public signing key.'],
    ['redirect', 'The status of the response is 302, not 200.'],
  ];
  /** Only these faults last until the time is up. */
  const timeoutOf = (problem: string) => (problem === NOT_COMPLETE ? 100 : 5000);

  test.each(FAULTS)('(%s) the last keys stay in use', async (fault, problem) => {
    const env = { JWT_JWKS_URL: issuer.jwksUrl };
    const verifying = verifier({ env, maxAgeMs: 0, timeoutMs: timeoutOf(problem) });
    const token = await issuer.token();
    expect(await outcome(verifying, token)).toBe('accepted');
    issuer.setFault(fault);
    for (let nth = 0; nth < 3; nth += 1) expect(await outcome(verifying, token)).toBe('accepted');
    expect(failures).toEqual([problem]);
  });

  test('operations do not wait for keys that could not be read the last time', async () => {
    const verifying = verifier({ maxAgeMs: 0, failureCooldownMs: 0, timeoutMs: NEVER_MS });
    const token = await issuer.token();
    expect(await outcome(verifying, token)).toBe('accepted');
    issuer.setFault('error');
    expect(await outcome(verifying, token)).toBe('accepted');
    issuer.setFault('hang');
    const before = issuer.requests.length;
    expect(await outcome(verifying, token)).toBe('accepted');
    await until(() => issuer.requests.length === before + 1);
    expect(await outcome(verifying, token)).toBe('accepted');
  });

  test.each(FAULTS)(
    '(%s) tokens cannot be verified without keys, until the issuer recovers',
    async (fault, problem) => {
      issuer.setFault(fault);
      const verifying = verifier({ timeoutMs: timeoutOf(problem), failureCooldownMs: 50 });
      const token = await issuer.token();
      expect(await outcome(verifying, token)).toBe('unavailable');
      issuer.setFault(undefined);
      await until(async () => (await outcome(verifying, token)) === 'accepted');
    },
  );

  test('is not asked again during the cooldown', async () => {
    issuer.setFault('error');
    const verifying = verifier();
    const token = await issuer.token();
    for (let nth = 0; nth < 5; nth += 1) expect(await outcome(verifying, token)).toBe('unavailable');
    expect(issuer.requests).toHaveLength(1);
  });

  test('a token with a new key cannot be verified yet, and is not called invalid', async () => {
    const verifying = verifier({ failureCooldownMs: 20 });
    expect(await outcome(verifying, await issuer.token())).toBe('accepted');
    await issuer.rotate();
    issuer.setFault('reset');
    const token = await issuer.token();
    expect(await outcome(verifying, token)).toBe('unavailable');
    issuer.setFault(undefined);
    await until(async () => (await outcome(verifying, token)) === 'accepted');
  });

  test('garbage is still rejected as invalid', async () => {
    issuer.setFault('error');
    expect(await outcome(verifier(), 'a.b.c')).toBe('invalid');
  });
});

test('an algorithm that is not configured is not accepted', async () => {
  const verifying = verifier({ env: { JWT_ALGORITHMS: 'RS256' } });
  expect(await outcome(verifying, await issuer.token())).toBe('invalid');
});

test('keys of a kind that cannot be used do not fail the others', async () => {
  issuer.publish(
    { kty: 'oct', k: 'c2VjcmV0', kid: issuer.key.kid, alg: 'HS256' },
    { kty: 'EC', crv: 'P-256', x: 'broken', y: 'broken', kid: 'broken', alg: 'ES256' },
    issuer.key.publicJwk,
  );
  const verifying = verifier();
  expect(await outcome(verifying, await issuer.token())).toBe('accepted');
  expect(await outcome(verifying, await issuer.token({ header: { kid: 'broken' } }))).toBe('invalid');
});

test('closing cancels a read in flight', async () => {
  issuer.setFault('hang');
  const verifying = verifier();
  const verification = outcome(verifying, await issuer.token());
  await until(() => issuer.requests.length === 1);
  open[0]?.close();
  expect(await verification).toBe('unavailable');
  expect(failures).toEqual([]);
});
