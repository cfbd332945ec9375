import { demo } from '../demo.js';
import { findClient, hasSecret, type Client } from './clients.js';
import { OAuthError } from './oauth-error.js';

/** A valid request for an access token. */
interface TokenRequest {
  readonly client: Client;
  readonly scope: string | undefined;
}

interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/**
 * Checks a request of the token endpoint (RFC 6749, 4.4). Unknown parameters, such as `lucid_scopes`, are ignored.
 *
 * @param form the body
 * @param authorization the `Authorization` header
 * @throws {OAuthError}
 */
export function readTokenRequest(form: URLSearchParams, authorization: string | undefined): TokenRequest {
  const parameters = readParameters(form);
  const client = authenticate(parameters, authorization);
  const grantType = parameters.get('grant_type');
  if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing.');
  if (grantType !== 'client_credentials') {
    throw new OAuthError('unsupported_grant_type', 'Only client_credentials is supported.');
  }
  const audience = parameters.get('audience') ?? demo.apiAudience;
  if (audience !== demo.apiAudience) {
    throw new OAuthError('invalid_target', `The only audience is ${demo.apiAudience}.`);
  }
  return { client, scope: parameters.get('scope') };
}

/** RFC 6749, 3.2: a parameter without a value counts as absent, and none may be repeated. */
function readParameters(form: URLSearchParams): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of form) {
    if (parameters.has(name)) throw new OAuthError('invalid_request', 'A parameter is repeated.');
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

function authenticate(parameters: ReadonlyMap<string, string>, authorization: string | undefined): Client {
  const posted = postedCredentials(parameters);
  if (authorization !== undefined && posted !== undefined) {
    // RFC 6749, 2.3: no more than one method of authentication per request.
    throw new OAuthError('invalid_request', 'The client must authenticate in one way, not in two.');
  }
  const credentials = authorization === undefined ? posted : basicCredentials(authorization);
  const client = credentials && findClient(credentials.id);
  if (credentials === undefined || client === undefined || !hasSecret(client, credentials.secret)) {
    throw new OAuthError('invalid_client', 'The client is unknown, or its secret is missing or wrong.');
  }
  return client;
}

/** `client_secret_post`. */
function postedCredentials(parameters: ReadonlyMap<string, string>): Credentials | undefined {
  const secret = parameters.get('client_secret');
  return secret === undefined ? undefined : { id: parameters.get('client_id') ?? '', secret };
}

/** `client_secret_basic`: id and secret are form-encoded before they are joined (RFC 6749, 2.3.1). */
function basicCredentials(authorization: string): Credentials | undefined {
  const encoded = /^Basic +([\w+/]+=*)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  try {
    return { id: formDecoded(id), secret: formDecoded(secret) };
  } catch {
    return undefined;
  }
}

/** @throws URIError if a percent sign begins no escape sequence */
function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
