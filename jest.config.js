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
};
