import { setFlagsFromString } from 'node:v8';

/**
 * What keeps the process small, and its pauses short. V8 looks at these flags whenever it needs them.
 *
 * - By itself V8 lets the old generation grow to several times of what is alive before it looks through it, which was two
 *   thirds of the process at its largest. Here it is by a quarter of that. What it costs is in docs/performance.md.
 * - From what outlives its first moments, such as a burst of requests, V8 concludes which objects are made to last, and puts
 *   such objects into the old generation from then on. Of some processes those were the items of all answers: the same
 *   lists took them two and a half times the processor time.
 */
const FLAGS = ['--heap-growing-percent=25', '--no-allocation-site-pretenuring'];

/** Sets them, but for those for which the process was started with another wish. */
export function keepHeapSmall(): void {
  const wishes = process.execArgv.map(nameOf);
  for (const flag of FLAGS) if (!wishes.includes(nameOf(flag))) setFlagsFromString(flag);
}

/** V8 takes underscores for hyphens. */
function nameOf(flag: string): string {
  return flag
    .replace(/=.*/s, '')
    .replaceAll('_', '-')
    .replace(/^--no-?/, '--');
}
