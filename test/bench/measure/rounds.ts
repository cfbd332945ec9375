import type { Operation, OperationName } from '../operations/operations.js';
import type { Running } from '../peers/running.js';
import { checkResponses, compareResponses } from './check-responses.js';
import { measure, warmUp, type Sample, type TestBed } from './sample.js';

/** How long to load each contestant with each operation. */
export interface Plan {
  /** CPU time that each contestant spends on each operation before the first measurement. */
  readonly warmUpSeconds: number;
  readonly rounds: number;
  /** Of one contestant in one round. */
  readonly seconds: number;
  readonly connections: number;
}

/** The samples of one operation by contestant, one for each round. */
export type OperationSamples = ReadonlyMap<string, readonly Sample[]>;
export type Samples = ReadonlyMap<OperationName, OperationSamples>;

/**
 * Measures contestants in rounds in which each takes a turn, so that a slow minute of the machine affects all of
 * them. Before the first round, all are warmed up with all operations.
 *
 * @param log receives progress messages
 * @throws Error if responses differ or anything fails under load
 */
export async function measureInRounds(
  testBed: TestBed,
  contestants: readonly Running[],
  operations: readonly Operation[],
  plan: Plan,
  log: (what: string) => void,
): Promise<Samples> {
  for (const operation of operations) {
    await checkResponses(testBed.upstream, supporting(contestants, operation), operation);
  }
  for (const operation of operations) {
    log(`Warming up: ${operation.name}`);
    for (const running of supporting(contestants, operation)) await warmUp(testBed, running, operation, plan);
  }
  const samples = new Map<OperationName, OperationSamples>();
  for (const operation of operations) {
    log(`Measuring: ${operation.name}`);
    samples.set(
      operation.name,
      await measureOperation(testBed, supporting(contestants, operation), operation, plan),
    );
  }
  return samples;
}

function supporting(contestants: readonly Running[], { name }: Operation): readonly Running[] {
  return contestants.filter(({ contestant }) => contestant.unsupported?.[name] === undefined);
}

async function measureOperation(
  testBed: TestBed,
  contestants: readonly Running[],
  operation: Operation,
  plan: Plan,
): Promise<OperationSamples> {
  const samples = new Map<string, Sample[]>(contestants.map(({ contestant }) => [contestant.name, []]));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const running of contestants) {
      samples.get(running.contestant.name)?.push(await measure(testBed, running, operation, plan));
    }
  }
  // A contestant that responds wrongly now may have done so during the rounds.
  await compareResponses(contestants, operation);
  return samples;
}
