import type { Admission } from './admission.js';

/** A request that is to be refused, for the time being. */
export interface Waiting {
  readonly letIn: () => void;
  readonly refuse: () => void;
  /** Whether its caller has gone away. */
  readonly isGone: () => boolean;
}

/** What happened at the door since it was last looked after. */
export interface Passed {
  readonly refused: number;
  readonly inFlight: number;
}

/** So many refusals between two looks are made at once: they take about a tenth of the time. */
export const REFUSALS_AT_ONCE = 200;
/** However many wait to be refused, none does for more looks. */
const LOOKS = 10;

/**
 * Lets requests in and refuses the others.
 *
 * A refusal is cheap, but not beside a small read: of many times what a process can do, the refusals alone would take all
 * of its time. So above a number they wait, and whoever waits for an answer sends nothing more on the connection. If a
 * place comes free it goes to who came last: that caller is the likeliest to be still there (adaptive LIFO).
 */
export class Door {
  readonly #admission: Admission;
  readonly #waiting: Waiting[] = [];
  /** How many of those who wait are refused in a look. */
  #atOnce = REFUSALS_AT_ONCE;
  #inFlight = 0;
  #leastInFlight = 0;
  #answered = 0;
  #refused = 0;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  /** Whether there is a place, which is then taken, to be given back by {@link leave}. */
  enter(): boolean {
    if (this.#inFlight >= this.#admission.limit) return false;
    this.#inFlight += 1;
    return true;
  }

  /** @param answered false where its caller had gone before */
  leave(answered: boolean): void {
    this.#inFlight -= 1;
    if (this.#inFlight < this.#leastInFlight) this.#leastInFlight = this.#inFlight;
    if (answered) this.#answered += 1;
    this.#letIn();
  }

  /** Refuses a request for which there is no place: at once if it can be, or in a while. */
  turnAway(request: Waiting): void {
    if (this.#refused >= REFUSALS_AT_ONCE) this.#waiting.push(request);
    else this.#refuse(request);
  }

  /** To be called a few times a second, with what the event loop did since. */
  look(loop: { readonly busyMs: number; readonly idleMs: number }): Passed {
    this.#admission.observe({ ...loop, answered: this.#answered, leastInFlight: this.#leastInFlight });
    const passed = { refused: this.#refused, inFlight: this.#inFlight };
    this.#answered = this.#refused = 0;
    this.#leastInFlight = this.#inFlight;
    this.#letIn();
    this.#atOnce = Math.max(this.#atOnce, Math.ceil(this.#waiting.length / LOOKS));
    for (const request of this.#waiting.splice(0, this.#atOnce)) this.#refuse(request);
    if (this.#waiting.length === 0) this.#atOnce = REFUSALS_AT_ONCE;
    return passed;
  }

  #letIn(): void {
    while (this.#waiting.length > 0 && this.#inFlight < this.#admission.limit) {
      const newest = this.#waiting.pop();
      if (newest === undefined || newest.isGone()) continue;
      this.#inFlight += 1;
      newest.letIn();
    }
  }

  #refuse(request: Waiting): void {
    if (request.isGone()) return;
    this.#refused += 1;
    request.refuse();
  }
}
