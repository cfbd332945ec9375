/** Builds `dist`: the gateway, the emulator, and what prints the schema. */
import { build } from 'esbuild';

/**
 * Apollo Server builds a second request context for its gateway, with accessors in an object literal. V8 gives each such
 * object a hidden class of its own, which keeps the whole operation alive until the old generation is collected: lists cost 1.5
 * times the CPU. `executorGateway` reads three members of that context, and this module passes just these.
 */
const LEAN_GATEWAY_CONTEXT = `export const makeGatewayGraphQLRequestContext =
  ({ request, document, contextValue }) => ({ request, document, context: contextValue });`;

/**
 * Apollo Server hashes each document. Its package for that finds no `node:crypto` in a bundle and would fall back to SHA-256 in
 * JavaScript; `hash` takes a third of the time of a `Hash` object.
 */
const HASH = `import { hash } from 'node:crypto';
  export const createHash = (algorithm) =>
    ({ update: (data) => ({ digest: (encoding) => hash(algorithm, data, encoding) }) });`;

/**
 * Apollo Server negotiates the format of incremental delivery for each operation. No schema of the gateway has it; media types
 * are negotiated in `src/operations/request/negotiation.ts`.
 */
const NO_NEGOTIATOR = `export default class { mediaType() { return undefined; } }`;

const REQUEST_PIPELINE = /@apollo.server.dist.*requestPipeline\.js$/;

/** The modules that Apollo Server's own are replaced with, by the importers that need them and what they import. */
const REPLACEMENTS = [
  {
    importer: REQUEST_PIPELINE,
    path: /makeGatewayGraphQLRequestContext\.js$/,
    contents: LEAN_GATEWAY_CONTEXT,
  },
  { importer: /./, path: /^@apollo\/utils\.createhash$/, contents: HASH },
  { importer: REQUEST_PIPELINE, path: /^negotiator$/, contents: NO_NEGOTIATOR },
];

/** Fails if Apollo Server no longer has one of the modules where it was. */
const leanApolloServer = {
  name: 'lean-apollo-server',
  setup({ onResolve, onLoad, onEnd }) {
    const replaced = new Set();
    onResolve(
      { filter: /makeGatewayGraphQLRequestContext|utils\.createhash|negotiator/ },
      ({ path, importer }) => {
        const replacement = REPLACEMENTS.find((each) => each.path.test(path) && each.importer.test(importer));
        if (replacement === undefined) return undefined;
        replaced.add(replacement);
        return { path, namespace: 'lean', pluginData: replacement.contents };
      },
    );
    onLoad({ filter: /./, namespace: 'lean' }, ({ pluginData }) => ({ contents: pluginData }));
    onEnd(() => ({
      errors: REPLACEMENTS.filter((each) => !replaced.has(each)).map(({ path }) => ({
        text: `Apollo Server no longer imports ${path} where it did.`,
      })),
    }));
  },
};

await build({
  plugins: [leanApolloServer],
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
