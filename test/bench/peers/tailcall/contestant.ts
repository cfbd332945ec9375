import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourcePath } from '../../paths.js';
import type { Contestant } from '../contestant.js';
import { restShapedBody, UNSUPPORTED } from '../rest-shaped/documents.js';
import { translateRestShaped } from '../rest-shaped/translate.js';
import { versionsOf } from '../versions.js';

const FOLDER = sourcePath('peers/tailcall');
const PACKAGE = '@tailcallhq/core-linux-x64-gnu';
const BINARY = join(FOLDER, 'node_modules', PACKAGE, 'bin/tailcall');

export const tailcall: Contestant = {
  name: 'tailcall',
  title: 'Tailcall over the same REST calls, with its own graph',
  packages: FOLDER,
  missing: () => (process.arch === 'x64' ? undefined : 'its package is for x64'),
  unsupported: UNSUPPORTED,
  versions: () => versionsOf(FOLDER, [PACKAGE]),
  program: async ({ folder, port, upstreamUrl }) => {
    const file = join(folder, 'tailcall.graphql');
    const types = await readFile(join(FOLDER, 'config.graphql'), 'utf8');
    await writeFile(file, schemaAt(port) + types.replaceAll('@url@', upstreamUrl));
    return {
      command: [BINARY, 'start', file],
      env: { TAILCALL_LOG_LEVEL: 'error', TAILCALL_TRACKER: 'false' },
    };
  },
  request: (operation) => ({ path: '/graphql', body: withPlainScalars(restShapedBody(operation)) }),
  translate: translateRestShaped,
};

/** Tailcall does not support custom scalars in URLs. */
function withPlainScalars(body: string): string {
  return body.replaceAll(/(?:Project|TargetGroup)Id!/g, 'String!');
}

function schemaAt(port: number): string {
  return `schema
  @server(port: ${port}, hostname: "127.0.0.1", workers: 1, introspection: false)
  @upstream(allowedHeaders: ["authorization"], userAgent: "benchmark") {
  query: Query
}
`;
}
