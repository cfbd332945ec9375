import fc from 'fast-check';
import { ScheduleRunner, type AuthMode, type ScheduleResult } from './schedule-runner.js';
import { faultless, schedule, serviceSchedule, type GatewayKind, type Schedule } from './schedule.js';
import { Summary } from './summary.js';

/** Enough to use a processor, but not so many that all attempts time out. */
const RUNNERS: Readonly<Record<AuthMode, readonly GatewayKind[]>> = {
  forward: ['patient', 'patient', 'patient', 'patient', 'hasty', 'nervous'],
  service: ['patient', 'patient', 'hasty', 'nervous'],
};
/** Failures that depend on timing do not always reproduce. */
const MAX_REPRODUCE_ATTEMPTS = 5;
const SHRINK_MS = 60_000;

export interface Exploration {
  readonly seed: number;
  readonly count: number;
  /** Default: forward. */
  readonly mode?: AuthMode;
}

/**
 * Runs random schedules concurrently, and shrinks the first one that violates a guarantee.
 *
 * @throws Error with the seed, the smallest schedule and its violations
 */
export async function explore({ seed, count, mode = 'forward' }: Exploration): Promise<Summary> {
  const arbitrary = mode === 'service' ? serviceSchedule : schedule;
  const schedules = fc.sample(arbitrary, { seed, numRuns: count });
  const runners = new Map<ScheduleRunner, GatewayKind>();
  for (const kind of RUNNERS[mode]) runners.set(await warm(await ScheduleRunner.open(kind, mode)), kind);
  const summary = new Summary();
  try {
    const pending = schedules.map((one, index) => ({ index, gateway: one.gateway }));
    let broken: Broken | undefined;
    const work = async ([runner, kind]: [ScheduleRunner, GatewayKind]): Promise<void> => {
      while (broken === undefined) {
        const at = pending.findIndex(({ gateway }) => gateway === kind);
        if (at === -1) return;
        const { index } = pending.splice(at, 1)[0]!;
        const result = await runner.run(schedules[index]!);
        summary.add(result);
        if (result.violations.length > 0) broken ??= { index, result, runner };
      }
    };
    await Promise.all([...runners].map(work));
    if (broken !== undefined)
      throw new Error(await report(seed, arbitrary, schedules[broken.index]!, broken));
    for (const runner of runners.keys()) summary.tokenRequests += runner.tokenRequests;
    return summary;
  } finally {
    await Promise.all([...runners.keys()].map((runner) => runner.close()));
  }
}

interface Broken {
  readonly index: number;
  readonly result: ScheduleResult;
  readonly runner: ScheduleRunner;
}

/** Warms up, so that nothing times out just because code runs for the first time. */
async function warm(runner: ScheduleRunner): Promise<ScheduleRunner> {
  for (const one of fc.sample(faultless, { seed: 1, numRuns: 5 })) await runner.run(one);
  return runner;
}

async function report(
  seed: number,
  arbitrary: fc.Arbitrary<Schedule>,
  first: Schedule,
  { index, result, runner }: Broken,
): Promise<string> {
  const shrunk = await shrink(seed, arbitrary, index, runner);
  return [
    `Schedule ${index} of seed ${seed} (EXACTLY_ONCE_SEED=${seed}) violated a guarantee.`,
    show(first, result),
    shrunk ?? `It did not reproduce when the schedule ran alone, so it depends on timing.`,
  ].join('\n');
}

async function shrink(
  seed: number,
  arbitrary: fc.Arbitrary<Schedule>,
  index: number,
  runner: ScheduleRunner,
): Promise<string | undefined> {
  let smallest: string | undefined;
  const holds = async (candidate: Schedule): Promise<void> => {
    for (let attempt = 0; attempt < MAX_REPRODUCE_ATTEMPTS; attempt += 1) {
      const result = await runner.run(candidate);
      if (result.violations.length === 0) continue;
      smallest = `The smallest schedule found:\n${show(candidate, result)}`;
      throw new Error(result.violations.join('\n'));
    }
  };
  await fc.check(fc.asyncProperty(arbitrary, holds), {
    seed,
    path: String(index),
    numRuns: 1,
    interruptAfterTimeLimit: SHRINK_MS,
  });
  return smallest;
}

function show(candidate: Schedule, { results, effects, violations }: ScheduleResult): string {
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
    ...lines('results', results),
    ...lines('ledger', effects),
  ].join('\n');
}
