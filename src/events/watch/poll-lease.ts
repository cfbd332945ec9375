import type { LeaseStore } from '../../state/lease-store.js';

/** The lease of a topic: of all processes that watch it with the same credential, the one with the lease polls. */
export class PollLease {
  readonly #name: string;
  readonly #leases: LeaseStore;
  readonly #ttlMs: number;
  #isHeld = false;

  constructor(name: string, leases: LeaseStore, ttlMs: number) {
    this.#name = name;
    this.#leases = leases;
    this.#ttlMs = ttlMs;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * Takes the lease if it is free, or extends it. If the store of leases cannot be reached, every process polls.
   *
   * @returns whether this process has the lease
   */
  async hold(): Promise<boolean> {
    this.#isHeld = await this.#leases.hold(this.#name, this.#ttlMs).catch(() => true);
    return this.#isHeld;
  }

  /** Extends the lease if this process has it. */
  async extend(): Promise<void> {
    if (this.#isHeld) await this.hold();
  }

  release(): void {
    if (this.#isHeld) void this.#leases.release(this.#name);
  }
}
