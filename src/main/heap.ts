import { setFlagsFromString } from 'node:v8';

/**
 * Flags that keep the process small and its pauses short. V8 reads them whenever it needs them.
 *
 * - By default V8 lets the old generation grow to several times the live objects before it collects it: two thirds of the
 *   process at its peak. Here it may grow by a quarter. docs/performance.md says what that costs.
 * - V8 allocates objects in the old generation if earlier objects of the same allocation site survived, as they do in a burst
 *   of requests. In some processes these were the items of all responses, and lists cost two and a half times the CPU.
 */
const FLAGS = ['--heap-growing-percent=25', '--no-allocation-site-pretenuring'];

/** Sets the flags, except those that the process was started with. */
export function keepHeapSmall(): void {
  const given = process.execArgv.map(nameOf);
  for (const flag of FLAGS) if (!given.includes(nameOf(flag))) setFlagsFromString(flag);
}

/** V8 treats underscores as hyphens. */
function nameOf(flag: string): string {
  return flag
    .replace(/=.*/s, '')
    .replaceAll('_', '-')
    .replace(/^--no-?/, '--');
}
