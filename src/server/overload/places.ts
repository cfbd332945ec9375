/** What the event loop did in a stretch of time: how long it worked, and how long it slept. */
export interface LoopStretch {
  readonly busyMs: number;
  readonly idleMs: number;
}

/** What is known of the work that has been begun. */
export interface Work extends LoopStretch {
  /** How long the loop worked in one turn, on the average: so long does everything else wait, a health check too. */
  readonly turnMs: number;
  /** Whether calls had to wait for other calls to end before they went upstream. */
  readonly callsWait: boolean;
}

/**
 * How many requests are worked on at a time.
 *
 * As many as there are, as a rule. But no request is answered sooner for working on all at once where the event loop never
 * sleeps, and it can harm:
 *
 * - Where calls wait for others, all that is begun and not ended is memory, which the garbage collector looks through again
 *   and again. Fifty operations of fifty calls each take two to three times as much processor time when they are
 *   interleaved as when a few are ended before others begin.
 * - Where turns of the loop are long, the answers to all that was begun come in one turn, and whatever comes in the
 *   meantime waits for all of them.
 *
 * So then it is as few as keep the loop busy, and the others wait before anything is done for them.
 */
export class Places {
  readonly #max: number;
  #count: number;

  constructor(max: number) {
    this.#max = max;
    this.#count = max;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * To be called a few times a second.
   *
   * @param inside how many have a place
   * @param waiting how many wait for one
   */
  look(work: Work, { inside, waiting }: { readonly inside: number; readonly waiting: number }): void {
    const share = shareOfTurn(work);
    if (isTooMuch(work, share)) this.#reduce(Math.min(this.#count, inside), Math.min(HALF, share));
    else if (waiting === 0) this.#count = this.#max;
  }

  /** To be called every {@link PACE_MS} while somebody waits: few is as many as keep the loop busy. */
  pace(work: Work): void {
    const share = shareOfTurn(work);
    if (isTooMuch(work, share)) this.#reduce(this.#count, Math.min(LESS, share));
    else this.#count = Math.min(this.#max, Math.ceil(this.#count * MORE));
  }

  #reduce(count: number, share: number): void {
    this.#count = Math.max(FEWEST, count * Math.max(LEAST_SHARE, share));
  }
}

/** Milliseconds: whoever waits while the loop sleeps is not to wait long. */
export const PACE_MS = 10;
const FEWEST = 2;
const MORE = 1.5;
const LESS = 0.9;
const HALF = 0.5;
/** Long turns are few, so what is found out in one has to tell; it may also have been a pause of the machine. */
const LEAST_SHARE = 0.25;
/**
 * Milliseconds. It is not only those who are inside that wait for a turn to end: Node.js takes no more than one new
 * connection in a turn (libuv 1.46), and who has not been taken can be neither served nor refused.
 */
const LONG_TURN_MS = 3;
/** The share of a stretch from which on the loop has slept in it: less are the pauses between two events. */
const SLEPT = 0.02;

/** How much of what was worked in a turn a turn may have; more than 1 where it was less. */
function shareOfTurn({ turnMs }: Work): number {
  return LONG_TURN_MS / turnMs;
}

function isTooMuch({ busyMs, idleMs, callsWait }: Work, share: number): boolean {
  return (callsWait || share < 1) && idleMs <= SLEPT * (busyMs + idleMs);
}
