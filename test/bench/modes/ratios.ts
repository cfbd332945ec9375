import type { OperationName } from '../operations/operations.js';

/** CPU time of the gateway relative to the proxy. */
export type Ratios = Readonly<Record<OperationName, number>>;

/** The tolerated increase, above the variation between machines and Node releases. */
const TOLERANCE = 1.25;

/** The highest accepted ratio. */
export function limitOf(recorded: number): number {
  return recorded * TOLERANCE;
}

/** Finds the operations above their limits, including ratios that are not numbers. */
export function tooExpensive(
  operations: readonly OperationName[],
  ratios: Ratios,
  recorded: Ratios,
): readonly OperationName[] {
  return operations.filter((name) => !(ratios[name] <= limitOf(recorded[name])));
}

/**
 * Parses recorded ratios.
 *
 * @param json an object with a number for each operation
 * @throws Error if a number is missing
 */
export function readRatios(json: string, operations: readonly OperationName[]): Ratios {
  const ratios = JSON.parse(json) as Partial<Record<OperationName, unknown>>;
  for (const name of operations) {
    if (typeof ratios[name] !== 'number') throw new Error(`the ratio of ${name} is missing`);
  }
  return ratios as Ratios;
}
