import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../paths.js';
import type { Contestant } from '../contestant.js';
import { versionsOf } from '../versions.js';
import { nodeFlags } from './node-flags.js';

const MAIN = 'dist/main.js';
const PACKAGES = ['@apollo/server', 'fastify', 'graphql', 'type-graphql', 'undici'];

/**
 * The gateway as `npm start` runs it, in production.
 *
 * @param env settings that are not the default
 */
export function gateway(name: string, title: string, env: Readonly<Record<string, string>> = {}): Contestant {
  return {
    name,
    title,
    versions: () => versionsOf(ROOT, PACKAGES),
    program: ({ port, upstreamUrl }) => ({
      command: [process.execPath, ...gatewayNodeFlags(), join(ROOT, MAIN)],
      env: {
        NODE_ENV: 'production',
        PORT: String(port),
        DEMAND_API_URL: upstreamUrl,
        // All load comes from one address.
        MAX_CONNECTIONS_PER_ADDRESS: '0',
        ...env,
      },
    }),
  };
}

export const fieldgate = gateway('fieldgate', 'this gateway');
export const fieldgateNodeFetch = gateway('fieldgate-node-fetch', 'this gateway, reads on node-fetch too', {
  DEMAND_API_TRANSPORT: 'node-fetch',
});

/** The Node flags of `npm start`. */
export function gatewayNodeFlags(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return nodeFlags(scripts['start'] ?? '', MAIN);
}
