/**
 * Jest's `testRunner`: jest-circus, which loads a file of tests as Node loads any module instead of as a VM's.
 */
import asyncHooks from 'node:async_hooks';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
// Classes of the graph are loaded by some tests without `src/graphql/schema.ts`, which loads this for them.
import 'reflect-metadata';
import { compiledPath, JEST_GLOBALS } from './paths.js';

const require = createRequire(import.meta.url);
const { default: circus } = require('jest-circus/runner');

// Node's `fetch` uses the dispatcher that is there already, and the package undici puts its own there unless one is:
// without this, the tests' own requests would depend on what has been loaded before them.
await fetch('data:,');

/**
 * @param {import('@jest/types').Config.GlobalConfig} globalConfig
 * @param {import('@jest/types').Config.ProjectConfig} config
 * @param {import('@jest/environment').JestEnvironment} environment
 * @param {import('jest-runtime').default} runtime
 * @param {string} testPath
 * @param {import('@jest/test-result').TestFileEvent} sendMessageToJest
 */
export default async function run(globalConfig, config, environment, runtime, testPath, sendMessageToJest) {
  /** @type {asyncHooks.AsyncLocalStorage<unknown>[]} */
  const storages = [];
  runtime.requireInternalModule = (path) => requireAnew(path, storages);
  runtime.unstable_shouldLoadAsEsm = () => true;
  runtime.unstable_importModule = async () => {
    globalThis[JEST_GLOBALS] = runtime.requireModuleOrMock(testPath, '@jest/globals');
    await import(pathToFileURL(compiledPath(testPath)).href);
  };
  try {
    return await circus(globalConfig, config, environment, runtime, testPath, sendMessageToJest);
  } finally {
    for (const storage of storages) storage.disable();
  }
}

/**
 * jest-circus keeps its state in its modules: each file gets it anew. It never disables its `AsyncLocalStorage`, of which
 * each that is left makes every promise and callback of later files slower.
 *
 * @param {string} path
 * @param {asyncHooks.AsyncLocalStorage<unknown>[]} storages where those go that it makes
 */
function requireAnew(path, storages) {
  const { AsyncLocalStorage } = asyncHooks;
  asyncHooks.AsyncLocalStorage = class extends AsyncLocalStorage {
    constructor() {
      super();
      storages.push(this);
    }
  };
  try {
    delete require.cache[path];
    return require(path);
  } finally {
    asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
  }
}
