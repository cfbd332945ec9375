import { Node, Yallist } from 'yallist';
import type { CallScope } from '../http/call.js';
import { timedOut } from '../http/failure.js';

/** Lets a bounded number of requests be in flight at a time; the others wait in the order in which they came. */
export class Semaphore {
  readonly #concurrency: number;
  /** Those who wait, who can leave from the middle. No `Set`, for the reason that {@link SingleFlight} has no `Map`. */
  readonly #waiting = new Yallist<() => void>();
  #inFlight = 0;
  #waited = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** How many wait now. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** How many have had to wait so far. */
  get waited(): number {
    return this.#waited;
  }

  /**
   * Takes a place among the requests in flight, to be given back by {@link release}.
   *
   * @returns undefined where there was one at once, so that nobody waits in vain; else a promise, which is rejected
   *   where the deadline passes or the caller goes away first
   */
  acquire(scope: CallScope): Promise<void> | undefined {
    if (this.#inFlight >= this.#concurrency) return this.#wait(scope);
    this.#inFlight += 1;
    return undefined;
  }

  /** Gives a place back: to who has waited longest, if anybody has. */
  release(): void {
    const next = this.#waiting.head;
    if (next === undefined) this.#inFlight -= 1;
    else next.value();
  }

  #wait({ deadline, callerGone }: CallScope): Promise<void> {
    this.#waited += 1;
    return new Promise((resolve, reject) => {
      const stopWaiting = () => {
        this.#waiting.removeNode(node);
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
      const node = new Node(enter);
      this.#waiting.pushNode(node);
      callerGone.onCancel(giveUp);
      if (callerGone.cancelled) giveUp();
    });
  }
}
