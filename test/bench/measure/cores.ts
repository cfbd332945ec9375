/** Which cores the contestants run on, and which nginx, wrk and this program, as `taskset -c` takes them. */
export interface Cores {
  readonly contestants: string;
  readonly load: string;
}

/**
 * One core for the contestants, the rest for the load on them.
 *
 * @param allowed what this process may use, as `Cpus_allowed_list` in `/proc/<pid>/status` writes it, e.g. `0-2,5`
 * @returns undefined where there is only one
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
