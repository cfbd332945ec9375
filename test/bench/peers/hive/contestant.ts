import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, sourcePath } from '../../paths.js';
import type { Contestant, Program, ProgramOptions } from '../contestant.js';
import { restShapedBody, UNSUPPORTED } from '../rest-shaped/documents.js';
import { translateRestShaped } from '../rest-shaped/translate.js';
import { versionsOf } from '../versions.js';

const FOLDER = sourcePath('peers/hive');

export const hive: Contestant = {
  name: 'hive',
  title: 'Hive Gateway over the OpenAPI contract (GraphQL Mesh), with its own graph',
  packages: FOLDER,
  unsupported: UNSUPPORTED,
  versions: () => versionsOf(FOLDER, ['@graphql-hive/gateway', '@omnigraph/openapi', 'graphql']),
  program: async (options): Promise<Program> => ({
    command: [
      process.execPath,
      ...[program('hive-gateway'), 'supergraph', await composed(options)],
      ...['--config-path', join(FOLDER, 'gateway.config.mjs'), '--host', '127.0.0.1'],
      ...['--port', String(options.port), '--fork', '1'],
    ],
    env: { NODE_ENV: 'production' },
  }),
  request: (operation) => ({ path: '/graphql', body: restShapedBody(operation) }),
  translate: translateRestShaped,
};

/** Composes the supergraph. @returns its file */
async function composed({ folder, upstreamUrl }: ProgramOptions): Promise<string> {
  const file = join(folder, 'supergraph.graphql');
  await promisify(execFile)(
    process.execPath,
    [program('mesh-compose'), '--config-path', join(FOLDER, 'mesh.config.mjs'), '--output', file],
    {
      cwd: FOLDER,
      env: {
        PATH: process.env['PATH'],
        DEMAND_API_URL: upstreamUrl,
        CONTRACT: join(ROOT, 'schema/demand-api.openapi.yaml'),
      },
    },
  );
  return file;
}

function program(name: string): string {
  return join(FOLDER, 'node_modules/.bin', name);
}
