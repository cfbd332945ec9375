/**
 * Files of tests share the modules of `src` within a worker, and run as Node runs them: see `test/jest`.
 *
 * @type {import('jest').Config}
 */
export default {
  globalSetup: './test/jest/compile.js',
  runner: './test/jest/schedule.js',
  testEnvironment: './test/jest/environment.js',
  testRunner: './test/jest/runner.js',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {},
  maxWorkers: 3,
  // For a machine that is busy with something else; the slowest take two or three seconds on one that is not.
  testTimeout: 15_000,
};
