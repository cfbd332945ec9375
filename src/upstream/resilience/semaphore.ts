import { Node, Yallist } from 'yallist';
import type { CallScope } from '../http/call.js';
import { timedOut } from '../http/failure.js';

/** Bounds the number of requests in flight. Further requests wait in order of arrival. */
export class Semaphore {
  readonly #concurrency: number;
  /** A linked list, because waiters leave from the middle. Not a `Set`, for the reason that {@link SingleFlight} has no `Map`. */
  readonly #waiting = new Yallist<() => void>();
  #inFlight = 0;
  #waited = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** How many requests are waiting now. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** How many requests have had to wait since the start. */
  get waited(): number {
    return this.#waited;
  }

  /**
   * Takes a permit, to be given back by {@link release}.
   *
   * @returns undefined if a permit was free, which saves a tick; otherwise a promise that rejects if the deadline passes
   *   or the caller disconnects first
   */
  acquire(scope: CallScope): Promise<void> | undefined {
    if (this.#inFlight >= this.#concurrency) return this.#wait(scope);
    this.#inFlight += 1;
    return undefined;
  }

  /** Hands the permit to the request that has waited longest, if any. */
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
      // Whole milliseconds: Node.js keeps one list of timers per duration.
      const timer = setTimeout(giveUp, Math.ceil(deadline - performance.now()));
      const node = new Node(enter);
      this.#waiting.pushNode(node);
      callerGone.onCancel(giveUp);
      if (callerGone.cancelled) giveUp();
    });
  }
}
