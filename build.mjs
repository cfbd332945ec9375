/** Builds `dist`: the gateway, the emulator, and what prints the schema. */
import { build } from 'esbuild';

await build({
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
