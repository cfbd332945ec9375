import { sourcePath } from '../../paths.js';
import type { Contestant } from '../contestant.js';
import { versionsOf } from '../versions.js';

export const mercurius: Contestant = {
  name: 'mercurius',
  title: 'Mercurius with graphql-jit, plain resolvers, a loader, undici',
  packages: sourcePath('.'),
  versions: () => versionsOf(sourcePath('.'), ['mercurius', 'graphql-jit', 'fastify', 'graphql']),
  program: ({ port, upstreamUrl }) => ({
    command: [process.execPath, sourcePath('peers/mercurius/server.mjs')],
    env: { NODE_ENV: 'production', PORT: String(port), DEMAND_API_URL: upstreamUrl },
  }),
};
