import type { FastifyInstance } from 'fastify';
import type { Issuer } from '../identity/issuer.js';
import type { Algorithm } from '../identity/signing-keys.js';
import { accessTokensSchema, rotationSchema, userTokenSchema } from './schemas.js';

export const identityIndex = {
  'GET /identity': 'the issuer, its signing key and the lifetime of access tokens',
  'POST /identity/access-tokens':
    '{"seconds": 5} sets the lifetime of new ones; DELETE expires all issued ones',
  'POST /identity/keys':
    '{"algorithm": "ES256", "withdraw": false}: signs with a new key, withdraws the others',
  'POST /identity/user-tokens': '{"subject": "reader", "expires_in": 3600, "claims": {"accounts": ["101"]}}',
};

interface UserTokenBody {
  readonly subject: string;
  readonly expires_in?: number;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly type?: string;
}

/** Serves the part of the control surface that changes the identity provider. For outages, add faults. */
export function serveIdentityControl(app: FastifyInstance, issuer: Issuer): void {
  const state = () => ({
    issuer: issuer.url,
    key_id: issuer.keyId,
    access_token_seconds: issuer.accessTokenSeconds,
  });

  app.get('/identity', async () => state());

  app.post<{ Body: { seconds: number } }>(
    '/identity/access-tokens',
    { schema: { body: accessTokensSchema } },
    async ({ body }) => {
      issuer.accessTokenSeconds = body.seconds;
      return state();
    },
  );
  app.delete('/identity/access-tokens', async (_request, reply) => {
    issuer.expireAccessTokens();
    return reply.code(204).send();
  });

  app.post<{ Body: { algorithm?: Algorithm; withdraw?: boolean } }>(
    '/identity/keys',
    { schema: { body: rotationSchema } },
    async ({ body: { algorithm = 'ES256', withdraw = false } }, reply) => {
      await issuer.rotateKey(algorithm, withdraw);
      return reply.code(201).send(state());
    },
  );

  app.post<{ Body: UserTokenBody }>(
    '/identity/user-tokens',
    { schema: { body: userTokenSchema } },
    async ({ body: { expires_in: expiresIn = 3600, ...request } }, reply) => {
      const token = await issuer.issueUserToken({ expiresIn, ...request });
      return reply.code(201).send({ token });
    },
  );
}
