import fc from 'fast-check';
import { Lane, type Result } from './lane.js';
import { schedule, type Schedule } from './schedule.js';
import { Summary } from './summary.js';

const LANES = 6;
/** A failure that hangs on timing does not come each time. */
const TRIES_TO_REPEAT = 5;
const SHRINK_MS = 60_000;

export interface Exploration {
  readonly seed: number;
  readonly count: number;
}

/**
 * Runs random schedules, several at a time. The first that breaks a promise is made as small as it gets.
 *
 * @throws Error with the seed, the smallest schedule and what it broke
 */
export async function explore({ seed, count }: Exploration): Promise<Summary> {
  const schedules = fc.sample(schedule, { seed, numRuns: count });
  const lanes = await Promise.all(Array.from({ length: LANES }, () => Lane.open()));
  const summary = new Summary();
  try {
    let next = 0;
    let broken: { index: number; result: Result } | undefined;
    const work = async (lane: Lane): Promise<void> => {
      while (next < count && broken === undefined) {
        const index = next++;
        const result = await lane.run(schedules[index]!);
        summary.add(result);
        if (result.violations.length > 0) broken ??= { index, result };
      }
    };
    await Promise.all(lanes.map(work));
    if (broken !== undefined) {
      const { index, result } = broken;
      throw new Error(await report(seed, index, schedules[index]!, result, lanes[0]!));
    }
    return summary;
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

async function report(
  seed: number,
  index: number,
  first: Schedule,
  result: Result,
  lane: Lane,
): Promise<string> {
  const shrunk = await shrink(seed, index, lane);
  return [
    `Schedule ${index} of seed ${seed} (EXACTLY_ONCE_SEED=${seed}) broke a promise.`,
    show(first, result),
    shrunk ?? `It did not happen again when the schedule ran alone: it hangs on timing.`,
  ].join('\n');
}

async function shrink(seed: number, index: number, lane: Lane): Promise<string | undefined> {
  let smallest: string | undefined;
  const holds = async (candidate: Schedule): Promise<void> => {
    for (let attempt = 0; attempt < TRIES_TO_REPEAT; attempt += 1) {
      const result = await lane.run(candidate);
      if (result.violations.length === 0) continue;
      smallest = `The smallest that was found:\n${show(candidate, result)}`;
      throw new Error(result.violations.join('\n'));
    }
  };
  await fc.check(fc.asyncProperty(schedule, holds), {
    seed,
    path: String(index),
    numRuns: 1,
    interruptAfterTimeLimit: SHRINK_MS,
  });
  return smallest;
}

function show(candidate: Schedule, { told, effects, violations }: Result): string {
  const lines = (title: string, items: readonly unknown[]): string[] => [
    `${title}:`,
    ...items.map((item) => `  ${typeof item === 'string' ? item : JSON.stringify(item)}`),
  ];
  const { clients, faults, ...rest } = candidate;
  return [
    ...lines('broken', violations),
    `on: ${JSON.stringify(rest)}`,
    ...lines('clients', clients),
    ...lines('faults', faults),
    ...lines('told', told),
    ...lines('ledger', effects),
  ].join('\n');
}
