import { randomUUID } from 'node:crypto';
import type { DemandApiConfig } from '../../config.js';
import { newTrace } from '../../telemetry/trace-context.js';
import { type UpstreamError } from '../../upstream/errors.js';
import { textOf } from '../../upstream/http/body.js';
import { Cancellation } from '../../cancellation.js';
import { HttpFailure, type HttpResponse } from '../../upstream/http/http.js';
import { createNodeFetchClient } from '../../upstream/http/node-fetch-client.js';
import { problemOf, VERSION_NOT_ENABLED } from '../../upstream/http/problem.js';
import { sharedHeaders } from '../../upstream/http/shared-headers.js';
import { failed, ok, type CheckResult } from './result.js';

const WHAT = 'Demand API';
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** An invalid credential. The response shows whether an API is there, without a caller's credential. */
const NO_CREDENTIAL = `Bearer fieldgate-check-${randomUUID()}`;

/**
 * Asks the Demand API for the accounts, once.
 *
 * @param authorization the gateway's own; undefined if it sends those of its callers
 */
export async function checkDemandApi(
  config: DemandApiConfig,
  url: string,
  authorization: string | undefined,
  timeoutMs: number,
): Promise<CheckResult> {
  try {
    const response = await ask(config, url, authorization ?? NO_CREDENTIAL, timeoutMs);
    return authorization === undefined
      ? withoutCredential(url, response)
      : withCredential(url, config.version, response);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    return failed(
      WHAT,
      `${url} ${reasonOf(error, timeoutMs)}. Check DEMAND_API_URL, HTTPS_PROXY and NO_PROXY, and the network.`,
    );
  }
}

async function ask(
  { proxy, version }: DemandApiConfig,
  baseUrl: string,
  authorization: string,
  timeoutMs: number,
): Promise<HttpResponse> {
  const client = createNodeFetchClient({ baseUrl, maxSockets: 1, maxBodyBytes: MAX_BODY_BYTES }, { proxy });
  const cancellation = new Cancellation();
  const timer = setTimeout(() => {
    cancellation.cancel();
  }, timeoutMs);
  try {
    return await client.send({
      method: 'GET',
      path: '/accounts',
      sharedHeaders: sharedHeaders(version, authorization, newTrace()),
      headers: {},
      body: undefined,
      fresh: true,
      cancellation,
    });
  } finally {
    clearTimeout(timer);
    client.close();
  }
}

function withCredential(url: string, version: string, response: HttpResponse): CheckResult {
  if (response.status === 200) {
    const count = accountsIn(response);
    if (count === undefined) return failed(WHAT, notAnApi(url));
    return ok(WHAT, `${url} answers in version ${version}. The gateway's credential has ${count} accounts.`);
  }
  const problem = problemOf(response, Date.now());
  return failed(WHAT, `${url} answered ${response.status}. ${problem.message} ${adviceFor(problem)}`.trim());
}

/** Only a caller's credential would show whether the version is enabled for its accounts. */
function withoutCredential(url: string, response: HttpResponse): CheckResult {
  const problem = problemOf(response, Date.now());
  const isRejected = problem.code === 'UNAUTHENTICATED' || problem.code === 'FORBIDDEN';
  if (isRejected && problem.message !== VERSION_NOT_ENABLED) {
    return ok(
      WHAT,
      `${url} answers, with ${response.status} to a call without a credential. Callers bring theirs (AUTH_MODE=forward), so no account was tried.`,
    );
  }
  if (response.status === 200) {
    return failed(
      WHAT,
      `${url} answers without a credential: it is not the Demand API. Check DEMAND_API_URL.`,
    );
  }
  return failed(WHAT, `${url} answered ${response.status}. ${problem.message} ${adviceFor(problem)}`.trim());
}

function adviceFor({ code, details: { status } }: UpstreamError): string {
  switch (code) {
    case 'UNAUTHENTICATED':
      return 'Check UPSTREAM_OAUTH_AUDIENCE and UPSTREAM_OAUTH_PARAMS: the token that they gave is not for this API.';
    case 'NOT_FOUND':
      return 'Check the path of DEMAND_API_URL: it ends with the version of the API, like /v1.';
    case 'BAD_RESPONSE':
    case 'INVALID_REQUEST':
      return status === undefined ? '' : 'Check DEMAND_API_URL and DEMAND_API_VERSION.';
    default:
      return '';
  }
}

function accountsIn({ body }: HttpResponse): number | undefined {
  try {
    const parsed = JSON.parse('latin1' in body ? textOf(body.latin1) : '') as { accounts?: unknown } | null;
    return Array.isArray(parsed?.accounts) ? parsed.accounts.length : undefined;
  } catch {
    return undefined;
  }
}

function notAnApi(url: string): string {
  return `${url} answered 200, but with no list of accounts: it is not the Demand API. Check DEMAND_API_URL.`;
}

function reasonOf({ kind, cause }: HttpFailure, timeoutMs: number): string {
  if (kind === 'aborted' || kind === 'timed-out') return `did not answer within ${timeoutMs} ms`;
  const code = codeOf(cause);
  return kind === 'not-connected' ? `cannot be reached${code}` : `did not complete its answer${code}`;
}

function codeOf(cause: unknown): string {
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? ` (${code})` : '';
}
