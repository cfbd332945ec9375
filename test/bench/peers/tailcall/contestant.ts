import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourcePath } from '../../paths.js';
import type { Contestant } from '../contestant.js';
import { restShapedBody, UNSUPPORTED } from '../rest-shaped/documents.js';
import { translateRestShaped } from '../rest-shaped/translate.js';

/** The path of Tailcall 1, which no Debian package contains. */
const BINARY = process.env['TAILCALL_BIN'] ?? '';

export const tailcall: Contestant = {
  name: 'tailcall',
  title: 'Tailcall over the same REST calls, with its own graph',
  missing: () => (BINARY === '' ? 'TAILCALL_BIN is not set' : undefined),
  unsupported: UNSUPPORTED,
  versions: () => ({ tailcall: spawnSync(BINARY, ['--version'], { encoding: 'utf8' }).stdout.trim() }),
  program: async ({ folder, port, upstreamUrl }) => {
    const file = join(folder, 'tailcall.graphql');
    const types = await readFile(sourcePath('peers/tailcall/config.graphql'), 'utf8');
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
