import { spreadOf } from '../measure/statistics.js';
import { markdownTable } from '../report/table.js';

/** One way to do the work of a piece. */
export interface Contestant {
  readonly name: string;
  /** Does the work `times` times. */
  readonly run: (times: number) => Promise<void> | void;
}

export interface MicroBenchmark {
  readonly name: string;
  /** What is done once, for the table. */
  readonly work: string;
  /** The baseline comes first. */
  readonly contestants: readonly Contestant[];
  close?(): Promise<void> | void;
}

const ROUNDS = 7;
const WARM_UP_MS = 400;
const ROUND_MS = 150;

/**
 * Measures the CPU time of this process, garbage collection included, in rounds in which each contestant has a turn. What
 * disturbs the machine for a while so disturbs all of them.
 *
 * @returns a table with the median of the rounds for each contestant, and its ratio to the baseline in the same round
 */
export async function measure({ work, contestants }: MicroBenchmark): Promise<string> {
  const measured: { readonly contestant: Contestant; readonly times: number; readonly rounds: number[] }[] =
    [];
  for (const contestant of contestants) {
    const perMs = await warmUp(contestant);
    measured.push({ contestant, times: Math.ceil(perMs * ROUND_MS), rounds: [] });
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { contestant, times, rounds } of measured)
      rounds.push(await cpuMicroseconds(contestant, times));
  }
  const [baseline] = measured;
  const rows = measured.map(({ contestant, rounds }) => {
    const ratios = rounds.map((microseconds, round) => microseconds / baseline!.rounds[round]!);
    return [contestant.name, spreadOf(rounds).median.toFixed(1), spreadOf(ratios).median.toFixed(2)];
  });
  return markdownTable([work, 'CPU time (µs)', 'ratio'], rows);
}

/** @returns how many times the work is done in a millisecond */
async function warmUp({ run }: Contestant): Promise<number> {
  let times = 1;
  const start = performance.now();
  for (;;) {
    const before = performance.now();
    await run(times);
    const now = performance.now();
    if (now - start > WARM_UP_MS) return times / (now - before);
    if (now - before < WARM_UP_MS / 20) times *= 2;
  }
}

async function cpuMicroseconds({ run }: Contestant, times: number): Promise<number> {
  const before = process.cpuUsage();
  await run(times);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
