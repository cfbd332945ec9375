import type { OperationName } from '../operations/operations.js';

/** CPU time of the gateway in terms of the proxy's. */
export type Ratios = Readonly<Record<OperationName, number>>;

/** How much more expensive than recorded an operation may be: more than machines and Node's releases make of it. */
const TOLERANCE = 1.25;

/** The highest ratio that passes. */
export function limitOf(recorded: number): number {
  return recorded * TOLERANCE;
}

/** The operations that are over their limits; a ratio that is no number is. */
export function tooExpensive(
  operations: readonly OperationName[],
  ratios: Ratios,
  recorded: Ratios,
): readonly OperationName[] {
  return operations.filter((name) => !(ratios[name] <= limitOf(recorded[name])));
}

/**
 * Reads recorded ratios.
 *
 * @param json an object with a number for each operation
 * @throws Error where one of `operations` has none
 */
export function readRatios(json: string, operations: readonly OperationName[]): Ratios {
  const ratios = JSON.parse(json) as Partial<Record<OperationName, unknown>>;
  for (const name of operations) {
    if (typeof ratios[name] !== 'number') throw new Error(`there is no ratio for ${name}`);
  }
  return ratios as Ratios;
}
