import type { Operation, OperationName } from '../operations/operations.js';
import type { Running } from '../peers/running.js';
import { checkAnswers, compareAnswers } from './answers.js';
import { measure, warmUp, type Sample, type Stage } from './sample.js';

/** How long each contestant works on each operation. */
export interface Plan {
  /** CPU time of each contestant for each operation, before anything is measured. */
  readonly warmUpSeconds: number;
  readonly rounds: number;
  /** Of one contestant in one round. */
  readonly seconds: number;
  readonly connections: number;
}

/** The samples of one operation, by the name of the contestant, one for each round. */
export type OperationSamples = ReadonlyMap<string, readonly Sample[]>;
export type Samples = ReadonlyMap<OperationName, OperationSamples>;

/**
 * Measures contestants side by side: in every round each has its turn, so that a slow minute of the machine hits all. Before
 * the first round all have been warmed up with all operations, so that none is measured colder than another.
 *
 * @param told what is done at the moment, for whoever waits
 * @throws Error where contestants differ in their answers, or anything went wrong under load
 */
export async function measureInRounds(
  stage: Stage,
  contestants: readonly Running[],
  operations: readonly Operation[],
  plan: Plan,
  told: (what: string) => void,
): Promise<Samples> {
  for (const operation of operations) {
    await checkAnswers(stage.upstream, able(contestants, operation), operation);
  }
  for (const operation of operations) {
    told(`Warming up: ${operation.name}`);
    for (const running of able(contestants, operation)) await warmUp(stage, running, operation, plan);
  }
  const samples = new Map<OperationName, OperationSamples>();
  for (const operation of operations) {
    told(`Measuring: ${operation.name}`);
    samples.set(operation.name, await measureOperation(stage, able(contestants, operation), operation, plan));
  }
  return samples;
}

/** Those that have an equal for the operation. */
function able(contestants: readonly Running[], { name }: Operation): readonly Running[] {
  return contestants.filter(({ contestant }) => contestant.without?.[name] === undefined);
}

async function measureOperation(
  stage: Stage,
  contestants: readonly Running[],
  operation: Operation,
  plan: Plan,
): Promise<OperationSamples> {
  const samples = new Map<string, Sample[]>(contestants.map(({ contestant }) => [contestant.name, []]));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const running of contestants) {
      samples.get(running.contestant.name)?.push(await measure(stage, running, operation, plan));
    }
  }
  // Whoever answers wrongly after so much work has perhaps done so for a while.
  await compareAnswers(contestants, operation);
  return samples;
}
