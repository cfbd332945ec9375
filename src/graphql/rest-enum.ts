import { BadUserInputError } from '../errors.js';

/**
 * A REST enum value as the graph's enum writes it: in capitals. One that nobody has heard of is `UNKNOWN`, so that a new
 * value in REST breaks no client.
 */
export function fromRestEnum<E extends string>(
  values: Readonly<Record<string, E>> & { readonly UNKNOWN: E },
  value: string,
): E {
  return values[value.toUpperCase()] ?? values.UNKNOWN;
}

/**
 * How to write a value of the graph's enum as REST does.
 *
 * @param restValues the enum of REST
 * @returns a check that refuses `UNKNOWN`, which REST cannot be asked for; `path` names the value in the error
 */
export function toRestEnum<R extends string>(
  restValues: Readonly<Record<string, R>>,
): (value: string, path: string) => R {
  return (value, path) => {
    const restValue = Object.values(restValues).find((candidate) => candidate.toUpperCase() === value);
    if (restValue !== undefined) return restValue;
    throw new BadUserInputError(`Argument \`${path}\` cannot be \`${value}\`.`);
  };
}
