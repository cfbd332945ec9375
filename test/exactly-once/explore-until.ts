import { explore, type Exploration } from './explore.js';
import { printLine } from './settings.js';
import type { Summary } from './summary.js';

/** Few random schedules, or all of them on a busy machine, can happen to prove nothing. */
const MAX_ROUNDS = 5;

/**
 * Explores once, and again with other seeds for as long as the schedules have proven too little.
 *
 * @param what is printed before the seed and the summary of each round
 * @returns the summary of the last round, which proves too little if none has proven enough
 */
export async function exploreUntil(
  what: string,
  options: Exploration,
  isEnough: (summary: Summary) => boolean,
): Promise<Summary> {
  for (let round = 1; ; round += 1) {
    // The other half of the schedules has the seeds between.
    const seed = options.seed + 2 * (round - 1);
    const begun = performance.now();
    const summary = await explore({ ...options, seed });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    printLine(`${what}, seed ${seed}, ${seconds} s: ${summary.toString()}`);
    if (isEnough(summary) || round === MAX_ROUNDS) return summary;
  }
}
