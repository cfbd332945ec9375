/**
 * Jest's test environment: the global object of the worker itself, instead of a VM context for each file of tests.
 *
 * In a context of its own, a file loads and warms up everything anew, and each use of a global is a call. Here `src` and
 * its dependencies are loaded once for each worker. What Jest leaves behind on the global object is removed after each
 * file; tests restore what they change themselves, as they must for one another.
 */
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/** Where jest-circus keeps its event handlers, and what `jest.setTimeout` sets: both are meant for one file. */
const LEFT_BY_JEST = ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL', 'RETRY_TIMES_SETTER'].map((name) =>
  Symbol.for(name),
);

export default class SharedEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  #console = globalThis.console;
  #exit = process.exit;

  /** @param {import('@jest/environment').JestEnvironmentConfig} config */
  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    globalThis.console = this.#console;
    process.exit = this.#exit;
    for (const symbol of LEFT_BY_JEST) delete globalThis[symbol];
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return null;
  }
}
