/** The cores of the contestants, and those of nginx, wrk and this program, in `taskset -c` syntax. */
export interface Cores {
  readonly contestants: string;
  readonly load: string;
}

/**
 * Assigns one core to the contestants and the others to the load.
 *
 * @param allowed the cores available to this process, as in `Cpus_allowed_list` of `/proc/<pid>/status`, e.g. `0-2,5`
 * @returns undefined if there is only one
 */
export function shareCores(allowed: string): Cores | undefined {
  const cores = allowed.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  const contestants = cores.pop();
  if (contestants === undefined || cores.length === 0) return undefined;
  return { contestants: String(contestants), load: cores.join(',') };
}
