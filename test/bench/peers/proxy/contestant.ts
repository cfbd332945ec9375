import { join } from 'node:path';
import { ROOT } from '../../paths.js';
import type { Contestant } from '../contestant.js';
import { versionsOf } from '../versions.js';

export const proxy: Contestant = {
  name: 'proxy',
  title: 'bare Node: `node:http`, undici and JSON, no GraphQL',
  versions: () => versionsOf(ROOT, ['undici']),
  program: ({ port, upstreamUrl }) => ({
    command: [process.execPath, join(ROOT, 'dist/bench/peers/proxy/main.js')],
    env: { NODE_ENV: 'production', PORT: String(port), DEMAND_API_URL: upstreamUrl },
  }),
};
