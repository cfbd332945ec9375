import { startScriptedUpstream, type ReceivedRequest, type ScriptedResponse } from './scripted-upstream.js';

export interface TokenEndpointRequest {
  readonly headers: ReceivedRequest['headers'];
  /** The parameters of the form. */
  readonly params: Readonly<Record<string, string>>;
}

/** A token endpoint for client credentials, whose responses a test scripts. */
export interface TestTokenEndpoint {
  readonly url: string;
  /** The variables that make a gateway use it. Callers need others. */
  readonly env: Readonly<Record<string, string>>;
  /** The variables of the gateway's own credential alone. */
  readonly credentialEnv: Readonly<Record<string, string>>;
  requests(): TokenEndpointRequest[];
  /** The tokens issued so far, in order. */
  issued(): readonly string[];
  /** Scripts the responses from now on. Default: {@link token} with numbered tokens that live for an hour. */
  respond(script: ScriptedResponse | ((nth: number) => ScriptedResponse)): void;
  /** Issues tokens again. */
  heal(): void;
  /** A response that issues the next token. */
  token(more?: Readonly<Record<string, unknown>>): ScriptedResponse;
  close(): Promise<void>;
}

export const CLIENT = { id: 'fieldgate-test', secret: 'planted-client-secret' };

/**
 * Starts a token endpoint on a free port. Close it.
 *
 * @param tokenOf the nth token, counted from 1. Default: `planted-token-1`
 */
export async function startTokenEndpoint(
  tokenOf = (nth: number): string => `planted-token-${nth}`,
): Promise<TestTokenEndpoint> {
  const server = await startScriptedUpstream();
  const issued: string[] = [];
  let since = 0;
  let script: (nth: number) => ScriptedResponse;
  const token = (more: Readonly<Record<string, unknown>> = {}): ScriptedResponse => {
    const next = tokenOf(issued.length + 1);
    issued.push(next);
    return { body: { access_token: next, token_type: 'Bearer', expires_in: 3600, ...more } };
  };
  const heal = () => {
    script = () => token();
  };
  heal();
  server.on('POST', '/token', () => script(since++));

  const url = `${server.url}/token`;
  const credentialEnv = {
    UPSTREAM_OAUTH_TOKEN_URL: url,
    UPSTREAM_OAUTH_CLIENT_ID: CLIENT.id,
    UPSTREAM_OAUTH_CLIENT_SECRET: CLIENT.secret,
  };
  return {
    url,
    credentialEnv,
    env: {
      AUTH_MODE: 'service',
      ...credentialEnv,
      // Not used by tests that authenticate callers themselves.
      JWT_JWKS_URL: 'http://127.0.0.1:9/keys',
      JWT_AUDIENCE: 'unused',
    },
    requests: () =>
      server.requests.map(({ headers, body }) => ({
        headers,
        params: Object.fromEntries(new URLSearchParams(body)),
      })),
    issued: () => issued,
    respond(next) {
      since = 0;
      script = typeof next === 'function' ? next : () => next;
    },
    heal,
    token,
    close: () => server.close(),
  };
}
