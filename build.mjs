/** Builds `dist`: the gateway, the emulator, and what prints the schema. */
import { build } from 'esbuild';

/**
 * Apollo Server builds a second request context for its gateway, with accessors in an object literal. V8 gives each such
 * object a hidden class of its own, which keeps the whole operation alive until the old generation is collected: lists cost 1.5
 * times the CPU. `executorGateway` reads three members of that context, and this module passes just these.
 */
const leanGatewayContext = {
  name: 'lean-gateway-context',
  setup({ onLoad, onEnd }) {
    let replaced = false;
    onLoad({ filter: /@apollo.server.dist.*makeGatewayGraphQLRequestContext\.js$/ }, () => {
      replaced = true;
      return {
        contents: `export const makeGatewayGraphQLRequestContext =
          ({ request, document, contextValue }) => ({ request, document, context: contextValue });`,
      };
    });
    onEnd(() =>
      replaced ? undefined : { errors: [{ text: 'Apollo Server has moved its gateway context.' }] },
    );
  },
};

/**
 * Apollo Server hashes each document. Its package for that finds no `node:crypto` in a bundle and would fall back to SHA-256 in
 * JavaScript; `hash` takes a third of the time of a `Hash` object.
 */
const HASH = `import { hash } from 'node:crypto';
  export const createHash = (algorithm) =>
    ({ update: (data) => ({ digest: (encoding) => hash(algorithm, data, encoding) }) });`;

/**
 * Apollo Server negotiates the format of incremental delivery for each operation. No schema of the gateway has it; media types
 * are negotiated in `src/operations/negotiation.ts`.
 */
const NO_NEGOTIATOR = `export default class { mediaType() { return undefined; } }`;

const leanRequestPipeline = {
  name: 'lean-request-pipeline',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@apollo.utils\.createhash$/ }, ({ path }) => ({ path, namespace: 'lean' }));
    onResolve({ filter: /^negotiator$/ }, ({ path, importer }) =>
      /@apollo.server.dist.*requestPipeline\.js$/.test(importer) ? { path, namespace: 'lean' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'lean' }, ({ path }) => ({
      contents: path === 'negotiator' ? NO_NEGOTIATOR : HASH,
    }));
  },
};

await build({
  plugins: [leanGatewayContext, leanRequestPipeline],
  entryPoints: ['src/main.ts', 'src/emulator/main.ts', 'src/graphql/print-schema.ts'],
  outdir: 'dist',
  outbase: 'src',
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // What a process seldom needs (the emulator, GraphiQL, another HTTP client) is read when it does.
  splitting: true,
  sourcemap: true,
  // Packages too: to find and to read their modules was half of the time that a process takes to start.
  bundle: true,
  // The first holds native code. The second is no dependency: type-graphql asks for it where it is told to validate.
  external: ['libsql', 'class-validator'],
  // CommonJS packages ask for Node.js' own modules with `require`, which modules do not have.
  banner: {
    js: `import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);`,
  },
  logLevel: 'warning',
});
