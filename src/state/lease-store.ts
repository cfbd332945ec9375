/**
 * Leases elect one process for a task that only one should do. A lease belongs to the process that took it until it expires; if that
 * process dies, it is not extended, and another process can take it.
 */
export interface LeaseStore {
  /**
   * Takes a free lease, or extends a lease of this process.
   *
   * @param ttlMs when the lease expires from now on, in milliseconds
   * @returns whether this process has the lease
   * @throws Error if the store cannot be reached
   */
  hold(name: string, ttlMs: number): Promise<boolean>;
  /** Gives up a lease of this process, so that another process can take it at once. Never rejects: otherwise the lease expires. */
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
