import type { WorkerEnd } from './worker-process.js';

/** No worker can start. `message` is what the last one said of it. */
export class WorkersFailed extends Error {
  override readonly name = 'WorkersFailed';

  constructor({ message, code, signal }: WorkerEnd) {
    super(message ?? `No worker can start: the last one ended with ${signal ?? `exit code ${code}`}.`);
  }
}
