import { readConfig, type Config, type UpstreamOAuthConfig } from '../../config.js';
import { ConfigError } from '../../config.js';
import { shownUrl } from '../../telemetry/shown-url.js';
import { readIssuerKeys } from '../../server/issuer-keys.js';
import { TokenEndpoint } from '../../upstream/credential/token-endpoint.js';
import { demoIdentity, PENDING_URLS, usesDemoIdentity } from '../demo-identity.js';
import { loadEmulator } from '../start.js';
import { checkDemandApi } from './demand-api.js';
import { failed, lineOf, ok, type CheckResult } from './result.js';

/** How long each check may take. */
const TIMEOUT_MS = 5000;

/**
 * Validates the environment and contacts each dependency once: the file of the safelist, the token endpoint, the Demand API, the
 * issuer's keys and Redis. Does not listen and changes nothing.
 *
 * @param write called with one line for each check
 * @returns whether all checks passed
 */
export async function check(environment: NodeJS.ProcessEnv, write: (line: string) => void): Promise<boolean> {
  const results = await resultsFor(environment);
  for (const result of results) write(lineOf(result));
  return results.every(({ isOk }) => isOk);
}

async function resultsFor(environment: NodeJS.ProcessEnv): Promise<readonly CheckResult[]> {
  const isDemo = usesDemoIdentity(environment);
  let config: Config;
  try {
    config = readConfig({ ...environment, ...(isDemo && demoIdentity(PENDING_URLS)) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').map((line) => failed('Settings', `${line}.`));
  }
  const mode = config.production ? 'production' : 'development, as NODE_ENV is not `production`';
  const settings = [ok('Settings', `All are valid, for ${mode}.`), ...(await checkDocuments(config))];
  const redis = checkRedis(config);
  const { url } = config.demandApi;
  if (url === undefined) return [...settings, await checkEmulator(isDemo), await redis];
  const keys = checkIssuer(config);
  return [...settings, ...(await checkApi(config, url)), ...(await keys), await redis];
}

async function checkDocuments(config: Config): Promise<readonly CheckResult[]> {
  if (config.safelist === undefined) return [];
  const { checkSafelist } = await import('./safelist.js');
  return [await checkSafelist(config.safelist.file, config)];
}

async function checkEmulator(isDemo: boolean): Promise<CheckResult> {
  try {
    await loadEmulator();
    const more = isDemo ? ' It is the issuer of tokens, too.' : '';
    return ok('Demand API', `DEMAND_API_URL is not set: the emulator would run, with demo data.${more}`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return failed('Demand API', `${error.message}. Set DEMAND_API_URL.`);
  }
}

/** With the gateway's own credential if it has one. Without a token, the API is not asked. */
async function checkApi({ demandApi, upstreamOAuth }: Config, url: string): Promise<readonly CheckResult[]> {
  if (upstreamOAuth === undefined) return [await checkDemandApi(demandApi, url, undefined, TIMEOUT_MS)];
  const { result, authorization } = await checkTokens(upstreamOAuth);
  return authorization === undefined
    ? [result, failed('Demand API', 'Not tried, because there is no access token.')]
    : [result, await checkDemandApi(demandApi, url, authorization, TIMEOUT_MS)];
}

interface Tokens {
  readonly result: CheckResult;
  readonly authorization?: string;
}

async function checkTokens(config: UpstreamOAuthConfig): Promise<Tokens> {
  const what = 'Token endpoint';
  const endpoint = new TokenEndpoint({ ...config, timeoutMs: TIMEOUT_MS });
  try {
    const { authorization, obtainedAt, expiresAt } = await endpoint.request();
    const seconds = Math.round((expiresAt - obtainedAt) / 1000);
    const found = `${shownUrl(config.tokenUrl)} issued an access token for ${seconds} s.`;
    return { result: ok(what, found), authorization };
  } catch (error) {
    const advice = 'Check UPSTREAM_OAUTH_TOKEN_URL, UPSTREAM_OAUTH_CLIENT_ID and the client secret.';
    return {
      result: failed(what, `${shownUrl(config.tokenUrl)} issued no token: ${tokenFailure(error)}. ${advice}`),
    };
  } finally {
    endpoint.close();
  }
}

/** What became of a request, in words; the answer's own reason where there was one. */
function tokenFailure(error: unknown): string {
  const message = messageOf(error);
  switch (message) {
    case 'timed-out':
      return `it did not answer within ${TIMEOUT_MS} ms`;
    case 'not-connected':
      return 'it cannot be reached';
    case 'disconnected':
      return 'it did not complete its answer';
    default:
      return message;
  }
}

async function checkIssuer({ jwt, proxies }: Config): Promise<readonly CheckResult[]> {
  if (jwt === undefined) return [];
  const what = 'Keys of the issuer';
  const where = shownUrl(jwt.jwksUrl ?? jwt.issuer ?? '');
  try {
    const { keys } = await readIssuerKeys(jwt, proxies, AbortSignal.timeout(TIMEOUT_MS));
    return [ok(what, `${where} has ${keys.length} of them, for the tokens of callers.`)];
  } catch (error) {
    return [failed(what, `${where} gave none: ${messageOf(error)}. Check JWT_ISSUER or JWT_JWKS_URL.`)];
  }
}

async function checkRedis({ redis, workers }: Config): Promise<CheckResult> {
  const what = 'Redis';
  if (redis === undefined) {
    return ok(
      what,
      'REDIS_URL is not set: this process would share nothing with others, as is fine for a single one.',
    );
  }
  const { probeRedis } = await import('../../state/redis/probe.js');
  try {
    const { evicts } = await probeRedis(redis, TIMEOUT_MS);
    if (evicts) {
      return failed(
        what,
        `${redis.address} evicts keys when its memory is full, but the gateway needs them to apply changes exactly once. Set its maxmemory-policy to noeviction.`,
      );
    }
    return ok(what, `${redis.address} answers${workers > 1 ? `, for ${workers} workers` : ''}.`);
  } catch (error) {
    return failed(what, `${redis.address} cannot be used: ${messageOf(error)}. Check REDIS_URL.`);
  }
}

function messageOf(error: unknown): string {
  // Sentences follow it.
  return error instanceof Error ? error.message.replace(/\.$/, '') : 'it failed';
}
