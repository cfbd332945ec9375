import { sourcePath } from '../../paths.js';
import type { Contestant } from '../contestant.js';
import { versionsOf } from '../versions.js';

export const yoga: Contestant = {
  name: 'yoga',
  title: "GraphQL Yoga, plain resolvers, Node's `fetch`",
  packages: sourcePath('.'),
  versions: () => versionsOf(sourcePath('.'), ['graphql-yoga', 'graphql']),
  program: ({ port, upstreamUrl }) => ({
    command: [process.execPath, sourcePath('peers/yoga/server.mjs')],
    env: { NODE_ENV: 'production', PORT: String(port), DEMAND_API_URL: upstreamUrl },
  }),
};
