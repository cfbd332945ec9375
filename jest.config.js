import { fileURLToPath } from 'node:url';

/** Jest itself, with tests and `src` as native ES modules, compiled file by file by SWC. */

// Node offers ES modules to Jest only with this option, which Jest's workers take from here. Jest leaves out the workers
// with `--runInBand`; a debugger then needs `node --experimental-vm-modules --inspect-brk node_modules/jest/bin/jest.js -i`.
process.env.NODE_OPTIONS = [
  process.env.NODE_OPTIONS,
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
]
  .filter(Boolean)
  .join(' ');

/** @type {import('jest').Config} */
export default {
  // A path that Stryker can read, too.
  testEnvironment: fileURLToPath(new URL('test/helpers/environment.js', import.meta.url)),
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  // Imports name the compiled file, as Node wants it.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        // In files of their own, which are read for the trace of an error only: each test file would parse them otherwise.
        sourceMaps: true,
        module: { type: 'es6' },
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  // Some tests load classes of the graph without `src/graphql/schema.ts`, which loads this for them.
  setupFiles: [
    'reflect-metadata',
    ...(process.env.SECRETS_AUDIT_DIR ? ['<rootDir>/test/helpers/audit/programs.ts'] : []),
  ],
  // More than the machine may have cores: many tests wait. In CI the random tests are longer, and leave fewer gaps.
  maxWorkers: process.env.CI === 'true' ? 3 : 6,
  // Modules that a file of tests has loaded are not always freed. With a limit, Jest uses workers for a single file, too.
  workerIdleMemoryLimit: '1GB',
  // For a machine that is busy with something else; the slowest take two or three seconds on one that is not. Only a test that hangs
  // takes so long: none expects to be this fast.
  testTimeout: 60_000,
};
