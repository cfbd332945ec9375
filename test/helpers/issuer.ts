import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** What the issuer does instead of serving its key set and its metadata. */
export type IssuerFault = 'reset' | 'error' | 'hang' | 'drip' | 'huge' | 'text' | 'empty' | 'redirect';

export interface TokenOptions {
  /** Undefined removes a claim. Default: reads and operates account 101, for 5 minutes. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Undefined removes a parameter. Default: the algorithm and the id of the key, and `at+jwt`. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs instead of the issuer's current key. */
  readonly key?: SigningKey;
}

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey | Uint8Array;
  readonly publicJwk: JWK;
  /** The public key as PEM. */
  readonly pem: string;
}

/** An issuer of JWTs over HTTP. Close it. */
export interface TestIssuer {
  /** The `iss` of its tokens. */
  readonly url: string;
  readonly jwksUrl: string;
  readonly audience: string;
  /** The variables of a gateway that trusts it. */
  readonly env: Readonly<Record<string, string>>;
  /** The key that it signs with. */
  readonly key: SigningKey;
  /** The paths that were requested, in order. */
  readonly requests: string[];
  token(options?: TokenOptions): Promise<string>;
  /** Signs with a new key from now on, and publishes it. */
  rotate(options?: { readonly keepOld?: boolean }): Promise<void>;
  /** Applies to all requests until it is removed. */
  setFault(fault: IssuerFault | undefined): void;
  /** Replaces members of the metadata. */
  setMetadata(members: Readonly<Record<string, unknown>>): void;
  /** Replaces the published keys. */
  publish(...keys: readonly JWK[]): void;
  close(): Promise<void>;
}

export async function newSigningKey(alg = 'ES256', kid: string = randomUUID()): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return { kid, alg, privateKey, publicJwk, pem: await exportSPKI(publicKey) };
}

/** @param alg of its keys. Default: ES256, which is the fastest to generate */
/** Nothing listens there. A test that makes calls sets its own. */
const UNUSED_CREDENTIAL = {
  UPSTREAM_OAUTH_TOKEN_URL: 'http://127.0.0.1:9/token',
  UPSTREAM_OAUTH_CLIENT_ID: 'unused',
  UPSTREAM_OAUTH_CLIENT_SECRET: 'unused',
};

export async function startTestIssuer(alg = 'ES256'): Promise<TestIssuer> {
  let key = await newSigningKey(alg);
  let published: JWK[] = [key.publicJwk];
  let fault: IssuerFault | undefined;
  let members: Readonly<Record<string, unknown>> = {};
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();

  const server = createServer((request, response) => {
    const { url: path = '' } = request;
    requests.push(path);
    if (fault !== undefined && !path.endsWith('?redirected')) {
      fail(fault, path, response, timers);
      return;
    }
    const body =
      path === '/.well-known/openid-configuration'
        ? { issuer: url, jwks_uri: `${url}/jwks`, ...members }
        : path.startsWith('/jwks')
          ? { keys: published }
          : undefined;
    response
      .writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(body ?? {}));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const audience = 'https://fieldgate.test';

  return {
    url,
    jwksUrl: `${url}/jwks`,
    audience,
    env: { AUTH_MODE: 'service', JWT_ISSUER: url, JWT_AUDIENCE: audience, ...UNUSED_CREDENTIAL },
    get key() {
      return key;
    },
    requests,
    token({ claims = {}, header = {}, key: signer = key } = {}) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({
        iss: url,
        sub: 'ann',
        aud: audience,
        exp: now + 300,
        accounts: [101],
        scope: 'fielding:read fielding:operate',
        ...claims,
      })
        .setProtectedHeader({
          alg: signer.alg,
          kid: signer.kid,
          typ: 'at+jwt',
          ...header,
        })
        .sign(signer.privateKey);
    },
    async rotate({ keepOld = false } = {}) {
      key = await newSigningKey(alg);
      published = keepOld ? [...published, key.publicJwk] : [key.publicJwk];
    },
    setFault: (wanted) => (fault = wanted),
    setMetadata: (wanted) => (members = wanted),
    publish: (...keys) => (published = [...keys]),
    async close() {
      for (const timer of timers) clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A token whose parts are encoded, but not signed by any key. */
export function unsignedToken(header: object, claims: object, signature = ''): string {
  const encoded = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return [...encoded, signature].join('.');
}

function fail(fault: IssuerFault, path: string, response: ServerResponse, timers: Set<NodeJS.Timeout>): void {
  switch (fault) {
    case 'reset':
      response.destroy();
      return;
    case 'error':
      response.writeHead(503).end('Unavailable');
      return;
    case 'hang':
      return;
    case 'drip': {
      response.writeHead(200).write('{"keys":[');
      const timer = setInterval(() => response.write(' '), 5);
      timers.add(timer);
      response.on('close', () => {
        clearInterval(timer);
        timers.delete(timer);
      });
      return;
    }
    case 'huge': {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
      return;
    }
    case 'text':
      response.writeHead(200).end('<h1>Sign in</h1>');
      return;
    case 'empty':
      response.writeHead(200).end('{"keys":[]}');
      return;
    case 'redirect':
      response.writeHead(302, { location: `${path}?redirected` }).end();
  }
}
