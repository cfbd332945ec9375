/**
 * Jest's `runner`: its own, in two turns. Files whose assertions are about time run first, two at once; all others are
 * more at once than the machine has cores, as many of them wait.
 */
import TestRunner from 'jest-runner';

const TIMED =
  /[/\\]test[/\\](?:drills|cluster|browser|exactly-once[/\\]killed|server[/\\](?:overload|program)|emulator[/\\]restart)/;

export default class TimedFirst extends TestRunner {
  /**
   * @param {import('jest-runner').Test[]} tests
   * @param {import('jest-runner').TestWatcher} watcher
   * @param {import('jest-runner').TestRunnerOptions} options
   */
  async runTests(tests, watcher, options) {
    const { _globalConfig: config } = this;
    const timed = tests.filter(({ path }) => TIMED.test(path));
    const others = tests.filter(({ path }) => !TIMED.test(path));
    this._globalConfig = { ...config, maxWorkers: Math.min(2, config.maxWorkers) };
    if (timed.length > 0) await super.runTests(timed, watcher, options);
    this._globalConfig = config;
    if (others.length > 0) await super.runTests(others, watcher, options);
  }
}
