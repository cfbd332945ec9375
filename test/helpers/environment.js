import asyncHooks from 'node:async_hooks';
import { TestEnvironment } from 'jest-environment-node';

const { AsyncLocalStorage } = asyncHooks;

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
  handleTestEvent() {
    asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
  }

  async teardown() {
    asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
    for (const storage of this.#storages) storage.disable();
    this.#storages.clear();
    await super.teardown();
  }
}
