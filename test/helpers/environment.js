import asyncHooks from 'node:async_hooks';
import { TestEnvironment } from 'jest-environment-node';

const { AsyncLocalStorage } = asyncHooks;

const MAX_FRAMES = 20;

/**
 * Node's environment of Jest, without what jest-circus leaves behind: an `AsyncLocalStorage` of each test file, which
 * Node would ask at every promise of all later files in the same worker.
 */
export default class Environment extends TestEnvironment {
  #storages = new Set();

  async setup() {
    await super.setup();
    const storages = this.#storages;
    asyncHooks.AsyncLocalStorage = class extends AsyncLocalStorage {
      constructor(...options) {
        super(...options);
        storages.add(this);
      }
    };
  }

  /** jest-circus has been loaded; tests get Node's own class. */
  handleTestEvent({ name }) {
    if (name !== 'setup') return;
    asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
    // Jest's 100 frames, each of which it wraps, cost more than what many an error of the graph is about.
    this.global.Error.stackTraceLimit = MAX_FRAMES;
  }

  async teardown() {
    asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
    for (const storage of this.#storages) storage.disable();
    this.#storages.clear();
    await super.teardown();
  }
}
