import type { Cancellation } from '../upstream/http/cancellation.js';

/** Bounds the work of the process. */
export interface Admission {
  /** @throws {RequestError} 503 where a further request would only wait too long */
  check(): void;
  /**
   * Waits until the operation may be executed.
   *
   * @returns ends the admission
   * @throws {RequestError} 503 if it would wait too long
   */
  admit(gone: Cancellation): Promise<() => void> | (() => void);
}
