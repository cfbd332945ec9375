import fc from 'fast-check';
import { Lane, type Result } from './lane.js';
import { faultless, schedule, type GatewayKind, type Schedule } from './schedule.js';
import { Summary } from './summary.js';

/** Busy enough to use a processor, not so busy that all attempts time out. */
const LANES: readonly GatewayKind[] = ['patient', 'patient', 'patient', 'patient', 'hasty', 'nervous'];
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
  const lanes = new Map<Lane, GatewayKind>();
  for (const kind of LANES) lanes.set(await warm(await Lane.open(kind)), kind);
  const summary = new Summary();
  try {
    const left = schedules.map((one, index) => ({ index, gateway: one.gateway }));
    let broken: Broken | undefined;
    const work = async ([lane, kind]: [Lane, GatewayKind]): Promise<void> => {
      while (broken === undefined) {
        const at = left.findIndex(({ gateway }) => gateway === kind);
        if (at === -1) return;
        const { index } = left.splice(at, 1)[0]!;
        const result = await lane.run(schedules[index]!);
        summary.add(result);
        if (result.violations.length > 0) broken ??= { index, result, lane };
      }
    };
    await Promise.all([...lanes].map(work));
    if (broken !== undefined) throw new Error(await report(seed, schedules[broken.index]!, broken));
    return summary;
  } finally {
    await Promise.all([...lanes.keys()].map((lane) => lane.close()));
  }
}

interface Broken {
  readonly index: number;
  readonly result: Result;
  readonly lane: Lane;
}

/** Nothing is to time out only because code runs for the first time. */
async function warm(lane: Lane): Promise<Lane> {
  for (const one of fc.sample(faultless, { seed: 1, numRuns: 5 })) await lane.run(one);
  return lane;
}

async function report(seed: number, first: Schedule, { index, result, lane }: Broken): Promise<string> {
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
