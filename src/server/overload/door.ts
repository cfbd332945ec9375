import type { Admission } from './admission.js';
import type { Places, Work } from './places.js';

/** A request that has come and cannot be let in yet, or not at all. */
export interface Comer {
  readonly letIn: () => void;
  readonly refuse: () => void;
  /** Whether its caller has gone away. */
  readonly isGone: () => boolean;
}

/** What happened at the door since it was last looked after. */
export interface Passed {
  readonly refused: number;
  /** Let in, or waiting for a place. */
  readonly inFlight: number;
}

/** So many refusals between two looks are made at once: they take about a tenth of the time. */
export const REFUSALS_AT_ONCE = 200;
/** However many wait to be refused, none does for more looks. */
const LOOKS = 10;

/**
 * Lets requests in, in the order they came, and refuses those that are too many.
 *
 * A refusal is cheap, but not beside a small read: of many times what a process can do, the refusals alone would take all
 * of its time. So above a number they wait, and whoever waits for an answer sends nothing more on the connection. If all
 * who wait for a place have one, the next goes to who came last to be refused: that caller is the likeliest to be there.
 */
export class Door {
  readonly #admission: Admission;
  readonly #places: Places;
  #inside = 0;
  /** Those who wait for a place, in the order they came. */
  readonly #waiting: Comer[] = [];
  /** Those who wait to be refused. */
  readonly #tooMany: Comer[] = [];
  #refusedInALook = REFUSALS_AT_ONCE;
  #leastInFlight = 0;
  #answered = 0;
  #refused = 0;

  constructor(admission: Admission, places: Places) {
    this.#admission = admission;
    this.#places = places;
  }

  /** Whether anybody waits for a place, so that {@link pace} is to be called. */
  get isWaitedAt(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether there is a place, which is then taken, to be given back by {@link leave}. */
  enter(): boolean {
    if (this.#inside >= this.#places.count || this.#inFlight >= this.#admission.limit) return false;
    this.#inside += 1;
    return true;
  }

  /** For whom there is no place: waits for one, or is refused, at once or in a while. */
  lineUp(comer: Comer): void {
    if (this.#inFlight < this.#admission.limit) this.#waiting.push(comer);
    else this.#turnAway(comer);
  }

  /** @param answered false where its caller had gone before */
  leave(answered: boolean): void {
    this.#inside -= 1;
    this.#leastInFlight = Math.min(this.#leastInFlight, this.#inFlight);
    if (answered) this.#answered += 1;
    this.#letIn();
  }

  /** To be called a few times a second, with what was worked since. */
  look(work: Work): Passed {
    this.#places.look(work, { inside: this.#inside, waiting: this.#waiting.length });
    this.#admission.observe({ ...work, answered: this.#answered, leastInFlight: this.#leastInFlight });
    const passed = { refused: this.#refused, inFlight: this.#inFlight };
    this.#answered = this.#refused = 0;
    this.#leastInFlight = this.#inFlight;
    this.#letIn();
    this.#turnAwayLast(this.#inFlight - Math.ceil(this.#admission.limit));
    this.#refuseOldest();
    return passed;
  }

  /** To be called more often while somebody waits. */
  pace(work: Work): void {
    this.#places.pace(work);
    this.#letIn();
  }

  get #inFlight(): number {
    return this.#inside + this.#waiting.length;
  }

  #letIn(): void {
    while (this.#inside < this.#places.count) {
      const next = this.#next();
      if (next === undefined) return;
      if (next.isGone()) continue;
      this.#inside += 1;
      next.letIn();
    }
  }

  #next(): Comer | undefined {
    const next = this.#waiting.shift();
    if (next !== undefined) return next;
    return this.#inside < this.#admission.limit ? this.#tooMany.pop() : undefined;
  }

  /** Where less can be done than was thought when they came. */
  #turnAwayLast(count: number): void {
    if (count <= 0) return;
    for (const comer of this.#waiting.splice(-count)) this.#turnAway(comer);
  }

  #turnAway(comer: Comer): void {
    if (this.#refused >= REFUSALS_AT_ONCE) this.#tooMany.push(comer);
    else this.#refuse(comer);
  }

  #refuseOldest(): void {
    this.#refusedInALook = Math.max(this.#refusedInALook, Math.ceil(this.#tooMany.length / LOOKS));
    for (const comer of this.#tooMany.splice(0, this.#refusedInALook)) this.#refuse(comer);
    if (this.#tooMany.length === 0) this.#refusedInALook = REFUSALS_AT_ONCE;
  }

  #refuse(comer: Comer): void {
    if (comer.isGone()) return;
    this.#refused += 1;
    comer.refuse();
  }
}
