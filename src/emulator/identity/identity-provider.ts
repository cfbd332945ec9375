import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.js';
import type { ControlState } from '../http/api-request.js';
import { errorResponse, sendError } from '../http/errors.js';
import type { HttpResponse } from '../http/response.js';
import { trackRequests } from '../http/track-requests.js';
import type { Issuer } from './issuer.js';
import { OAuthError } from './oauth-error.js';
import { ALGORITHMS } from './signing-keys.js';
import { readTokenRequest } from './token-request.js';

export const TOKEN_PATH = '/oauth/token';
const KEYS_PATH = '/.well-known/jwks.json';
const FORM = 'application/x-www-form-urlencoded';

/**
 * Serves what an identity provider does: its metadata (OpenID Connect Discovery 1.0), its keys, and a token endpoint for
 * clients. Fault rules apply to these paths, too.
 */
export function serveIdentityProvider(
  app: FastifyInstance,
  issuer: Issuer,
  controlState: ControlState,
  clock: Clock,
): void {
  const tracked = trackRequests(app, controlState, clock);
  const respond = (request: FastifyRequest, response: HttpResponse) => {
    const apiRequest = tracked(request);
    if (apiRequest === undefined) throw new Error('An earlier hook has not run');
    return apiRequest.respond(response);
  };

  app.addContentTypeParser(FORM, { parseAs: 'string' }, async (_request: FastifyRequest, text: string) => {
    return new URLSearchParams(text);
  });
  app.setErrorHandler(async (error, request, reply) => {
    const apiRequest = tracked(request);
    if (apiRequest === undefined) sendError(error, reply, request.log);
    else await apiRequest.respond(failureOf(error, request));
    return reply;
  });

  app.get('/.well-known/openid-configuration', async (request) =>
    respond(request, { status: 200, body: metadata(issuer) }),
  );
  app.get(KEYS_PATH, async (request) => respond(request, { status: 200, body: issuer.publishedKeys }));
  app.post(TOKEN_PATH, async (request) => {
    if (!(request.body instanceof URLSearchParams)) {
      throw new OAuthError('invalid_request', `The body must be ${FORM}.`);
    }
    const { client, scope } = readTokenRequest(request.body, request.headers.authorization);
    const { token, expiresIn } = await issuer.issueAccessToken(client.id, scope);
    return respond(request, {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: {
        access_token: token,
        token_type: 'Bearer',
        expires_in: expiresIn,
        ...(scope !== undefined && { scope }),
      },
    });
  });
}

function failureOf(error: unknown, { log }: FastifyRequest): HttpResponse {
  if (error instanceof OAuthError) return error.response;
  const response = errorResponse(error, log);
  if (response.status >= 500) return response;
  return new OAuthError('invalid_request', 'The request is malformed.').response;
}

function metadata({ url }: Issuer): Readonly<Record<string, unknown>> {
  return {
    issuer: url,
    jwks_uri: url + KEYS_PATH,
    token_endpoint: url + TOKEN_PATH,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ALGORITHMS,
  };
}
