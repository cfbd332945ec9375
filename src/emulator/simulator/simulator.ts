import { demo } from '../demo.js';
import { applyDueChanges } from '../due-changes.js';
import { changeProgress } from '../progress.js';
import { randomSequence } from '../random.js';
import { answer } from '../rules/respondents.js';
import type { Services } from '../services.js';
import { listTargetGroupsInField } from '../store/target-groups.js';
import { Ticker } from '../ticker.js';

export interface SimulatorOptions {
  /** The time between ticks, in milliseconds. Default 1000. */
  readonly intervalMs?: number;
  /** How many seconds of fieldwork pass in a second. At 1 a target group takes hours to fill. Default 1. */
  readonly speed?: number;
  /** The same seed and data give the same answers in each tick. Default 1. */
  readonly seed?: number;
}

export interface SimulatorState {
  readonly running: boolean;
  readonly ticks: number;
}

/**
 * Lets respondents complete interviews, so that the statistics of live target groups rise; those that reach their goal
 * complete like any other. It knows no time but its ticks.
 */
export class Simulator {
  readonly #ticker: Ticker;
  readonly #seed: number;
  readonly #secondsPerTick: number;
  readonly #runsFromStart: boolean;
  #random: () => number;
  #ticks = 0;

  /**
   * @param options undefined to run only when told to
   * @param onError receives errors of ticks, after which the next one still happens
   */
  constructor(
    private readonly services: Services,
    options: SimulatorOptions | undefined,
    onError: (error: unknown) => void,
  ) {
    const { intervalMs = 1000, speed = 1, seed = 1 } = options ?? {};
    this.#ticker = new Ticker(() => this.tick(), intervalMs, onError);
    this.#secondsPerTick = (intervalMs / 1000) * speed;
    this.#runsFromStart = options !== undefined;
    this.#seed = seed;
    this.#random = randomSequence(seed);
  }

  get state(): SimulatorState {
    return { running: this.#ticker.isRunning, ticks: this.#ticks };
  }

  /** Ticks from now on, if it was given options. */
  start(): void {
    if (this.#runsFromStart) this.resume();
  }

  resume(): void {
    this.#ticker.start();
  }

  pause(): void {
    this.#ticker.stop();
  }

  /** Goes back to the state after the start, for a database that has been reset. */
  reset(): void {
    this.pause();
    this.#ticks = 0;
    this.#random = randomSequence(this.#seed);
    this.start();
  }

  tick(): void {
    const { database, clock } = this.services;
    const now = clock.now();
    this.#ticks += 1;
    applyDueChanges(this.services, now);
    database.transaction(() => {
      // The first example of the README pauses this run at the version that it is seeded with. Its goal must not be
      // reached before somebody has tried that, because a run that completes by itself has another version.
      for (const group of listTargetGroupsInField(database, demo.live)) {
        const change = answer(group, this.#secondsPerTick, this.#random);
        if (change !== undefined) changeProgress(this.services, group, change, now);
      }
    });
    applyDueChanges(this.services, now);
  }
}
