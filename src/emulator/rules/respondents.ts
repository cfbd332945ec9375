import type { FillingStrategy } from '../../contract/demand-api.js';

/** How far a target group is filled. */
export interface Progress {
  readonly currentCompletes: number;
  readonly currentPrescreens: number;
}

/** Statistics of a target group. Null: there are too few completes for them. */
export interface Statistics {
  readonly incidenceRate: number | null;
  readonly conversionRate: number | null;
  readonly dropOffRate: number | null;
  readonly medianInterviewSeconds: number | null;
  readonly earningsPerClick: number | null;
}

export interface FieldState extends Progress, Statistics {
  readonly fillingGoal: number;
  readonly fillingStrategy: FillingStrategy;
}

/** The number of completes from which on the API reports statistics. */
export const MIN_COMPLETES = 5;

/** The bounds of a statistic, and the number of its decimals. */
interface StatisticBounds {
  readonly range: readonly [min: number, max: number];
  readonly decimals: number;
}

export const statisticBounds: Readonly<Record<keyof Statistics, StatisticBounds>> = {
  incidenceRate: { range: [0.2, 0.9], decimals: 4 },
  conversionRate: { range: [0.3, 0.8], decimals: 4 },
  dropOffRate: { range: [0.02, 0.25], decimals: 4 },
  medianInterviewSeconds: { range: [240, 1500], decimals: 0 },
  earningsPerClick: { range: [0.2, 2.5], decimals: 2 },
};

/** The time in which, at speed 1, an hour's share of those still missing completes. */
const SECONDS_TO_FILL = 3600;
/** How fast each strategy fills, relative to the others. */
const PACE: Readonly<Record<FillingStrategy, number>> = { automated: 1, completes: 1.2, prescreens: 0.8 };
/** How many people pass the screening questions and do not complete, for each who does. */
const UNFINISHED_PER_COMPLETE = 0.8;
/** The largest step of a statistic, as a share of its range. */
const DRIFT = 0.02;
/** Above this mean, a normal distribution approximates the Poisson distribution. */
const LARGE_MEAN = 30;

/**
 * Simulates respondents for a while. The rate falls with the number of missing completes, because those who are easy to find answer
 * first; about two thirds of the missing ones answer in an hour at speed 1.
 *
 * @param seconds how long, at speed 1
 * @param random returns numbers in [0, 1)
 * @returns undefined if nobody came
 */
export function answer(
  state: FieldState,
  seconds: number,
  random: () => number,
): (Progress & Statistics) | undefined {
  const missing = Math.max(state.fillingGoal - state.currentCompletes, 0);
  const expected = (missing * seconds * PACE[state.fillingStrategy]) / SECONDS_TO_FILL;
  const completes = Math.min(poisson(expected, random), missing);
  const unfinished = poisson(expected * UNFINISHED_PER_COMPLETE, random);
  if (completes + unfinished === 0) return undefined;
  const currentCompletes = state.currentCompletes + completes;
  return {
    currentCompletes,
    currentPrescreens: state.currentPrescreens + completes + unfinished,
    ...statisticsAfter(state, currentCompletes, random),
  };
}

function statisticsAfter(state: Statistics, completes: number, random: () => number): Statistics {
  const moved = (name: keyof Statistics): number | null =>
    completes < MIN_COMPLETES ? state[name] : move(state[name], statisticBounds[name], random());
  return {
    incidenceRate: moved('incidenceRate'),
    conversionRate: moved('conversionRate'),
    dropOffRate: moved('dropOffRate'),
    medianInterviewSeconds: moved('medianInterviewSeconds'),
    earningsPerClick: moved('earningsPerClick'),
  };
}

/** A statistic that is not known yet can be anything in its range; a known one changes little. */
function move(value: number | null, { range: [min, max], decimals }: StatisticBounds, drawn: number): number {
  const next = value === null ? min + drawn * (max - min) : value + (2 * drawn - 1) * DRIFT * (max - min);
  const unit = 10 ** decimals;
  return Math.round(Math.min(Math.max(next, min), max) * unit) / unit;
}

/** Draws a number from a Poisson distribution (Knuth, The Art of Computer Programming, volume 2, 3.4.1; Box and Muller). */
function poisson(mean: number, random: () => number): number {
  if (mean > LARGE_MEAN) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(Math.round(mean + Math.sqrt(mean) * normal), 0);
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}
