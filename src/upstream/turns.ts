import type { CallScope } from './call.js';
import { timedOut } from './failure.js';

/** Lets a bounded number of requests be in flight at a time; the others wait in the order in which they came. */
export class Turns {
  readonly #concurrency: number;
  /** Those who wait. A `Set` keeps their order, and lets one leave from the middle. */
  readonly #waiting = new Set<() => void>();
  #inFlight = 0;
  #waited = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** How many wait now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** How many have had to wait so far. */
  get waited(): number {
    return this.#waited;
  }

  /**
   * Takes a place among the requests in flight, to be given back by {@link leave}.
   *
   * @returns undefined where there was one at once, so that nobody waits in vain; else a promise, which is rejected
   *   where the deadline passes or the caller goes away first
   */
  enter(scope: CallScope): Promise<void> | undefined {
    if (this.#inFlight >= this.#concurrency) return this.#wait(scope);
    this.#inFlight += 1;
    return undefined;
  }

  /** Gives a place back: to who has waited longest, if anybody has. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#inFlight -= 1;
    else next();
  }

  #wait({ deadline, callerGone }: CallScope): Promise<void> {
    this.#waited += 1;
    return new Promise((resolve, reject) => {
      const stopWaiting = () => {
        this.#waiting.delete(enter);
        clearTimeout(timer);
        callerGone.offCancel(giveUp);
      };
      const enter = () => {
        stopWaiting();
        resolve();
      };
      const giveUp = () => {
        stopWaiting();
        reject(timedOut(false));
      };
      // Whole milliseconds: Node.js keeps timers of one length together, and fractions would make each a length of its own.
      const timer = setTimeout(giveUp, Math.ceil(deadline - performance.now()));
      this.#waiting.add(enter);
      callerGone.onCancel(giveUp);
      if (callerGone.cancelled) giveUp();
    });
  }
}
