import type { Cancellation } from '../cancellation.js';

/** Limits how many operations the process executes at the same time. */
export interface Admission {
  /** @throws {RequestError} 503 if one more request would wait too long */
  check(): void;
  /**
   * Waits until the operation may be executed.
   *
   * @returns releases the slot
   * @throws {RequestError} 503 if it would wait too long
   */
  admit(gone: Cancellation): Promise<() => void> | (() => void);
}
