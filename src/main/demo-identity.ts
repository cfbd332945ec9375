import { demo } from '../emulator/demo.js';
import type { Emulator } from '../emulator/index.js';

/** Where the emulator serves its identity provider and token endpoint. */
type IdentityUrls = Pick<Emulator, 'issuer' | 'tokenUrl'>;

/** A person of the demo, with a token for the gateway. */
export interface Person {
  readonly subject: string;
  /** What the token permits, e.g. `reads account 101`. */
  readonly allows: string;
  readonly token: string;
  /** Whether the explorers send this token. */
  readonly isExplorer: boolean;
}

/** Stands for the emulator's URLs while settings are validated before it runs. */
export const PENDING_URLS: IdentityUrls = {
  issuer: 'http://127.0.0.1',
  tokenUrl: 'http://127.0.0.1/oauth/token',
};

const TOKEN_SECONDS = 86_400;

/**
 * Whether the emulator serves as identity provider and token endpoint: in `AUTH_MODE=service` without `DEMAND_API_URL`, if no
 * setting of either is given. If only some of them are given, that is a mistake, which `readConfig` reports.
 */
export function usesDemoIdentity(environment: NodeJS.ProcessEnv): boolean {
  const names = Object.keys(environment).filter((name) => environment[name]?.trim() !== '');
  return (
    environment['AUTH_MODE'] === 'service' &&
    !names.some((name) => name === 'DEMAND_API_URL' || /^(?:JWT|UPSTREAM_OAUTH)_/.test(name))
  );
}

/** The variables that make the gateway trust the emulator's tokens, and get its own from there. */
export function demoIdentity({ issuer, tokenUrl }: IdentityUrls): Readonly<Record<string, string>> {
  return {
    JWT_ISSUER: issuer,
    JWT_AUDIENCE: demo.gatewayAudience,
    JWT_ACCOUNTS_CLAIM: 'accounts',
    JWT_SCOPES_CLAIM: 'scope',
    UPSTREAM_OAUTH_TOKEN_URL: tokenUrl,
    UPSTREAM_OAUTH_CLIENT_ID: demo.client.id,
    UPSTREAM_OAUTH_CLIENT_SECRET: demo.client.secret,
    UPSTREAM_OAUTH_AUDIENCE: demo.apiAudience,
    // The emulator is the only server that the gateway calls, and a proxy may not reach it.
    no_proxy: '*',
  };
}

/** Issues a token that is valid for a day to each person of the demo. */
export function demoPeople(emulator: Pick<Emulator, 'issueUserToken'>): Promise<Person[]> {
  return Promise.all(
    demo.people.map(async ({ subject, allows, claims }) => ({
      subject,
      allows,
      // The first query of the explorers changes something, too.
      isExplorer: subject === 'operator',
      token: await emulator.issueUserToken({ subject, expiresIn: TOKEN_SECONDS, claims }),
    })),
  );
}
