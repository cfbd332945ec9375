import { BadUserInputError } from '../errors.js';

/**
 * Converts a REST enum value to the graph's enum, which is in upper case. Unknown values become `UNKNOWN`, so that a
 * new value does not break clients.
 */
export function fromRestEnum<E extends string>(
  values: Readonly<Record<string, E>> & { readonly UNKNOWN: E },
  value: string,
): E {
  return values[value.toUpperCase()] ?? values.UNKNOWN;
}

/**
 * Converts values of the graph's enum to those of the REST enum.
 *
 * @param restValues the REST enum
 * @returns a check that rejects `UNKNOWN`; its `path` names the argument in the error
 */
export function toRestEnum<R extends string>(
  restValues: Readonly<Record<string, R>>,
): (value: string, path: string) => R {
  return (value, path) => {
    const restValue = Object.values(restValues).find((candidate) => candidate.toUpperCase() === value);
    if (restValue !== undefined) return restValue;
    throw new BadUserInputError(`Argument \`${path}\` must not be \`${value}\`.`);
  };
}
