/**
 * Decides which process does something that one process is to do for all. A lease belongs to the process that took it until it
 * ends; a process that dies does not extend it, and another one takes it.
 */
export interface LeaseStore {
  /**
   * Takes a lease that nobody has, or extends this process's own.
   *
   * @param ttlMs how long the process has it from now on, in milliseconds
   * @returns whether this process has it
   * @throws Error if the store cannot be reached
   */
  hold(name: string, ttlMs: number): Promise<boolean>;
  /** Gives up a lease of this process, so that another can take it at once. Never rejects: it ends by itself. */
  release(name: string): Promise<void>;
}

/** For a single process, which has every lease. */
export class InMemoryLeaseStore implements LeaseStore {
  async hold(): Promise<boolean> {
    return true;
  }

  async release(): Promise<void> {
    // No other process waits for it.
  }
}
