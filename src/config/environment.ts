import { EnvMissingError } from 'envalid';
import { ConfigError } from './config-error.js';

/** Treats blank variables, as `docker run -e NAME=` sets them, as unset. */
export function withoutBlanks(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim() !== ''));
}

/** The variables that are set, of those whose name matches. */
export function setNames(environment: NodeJS.ProcessEnv, name: RegExp): readonly string[] {
  return Object.keys(withoutBlanks(environment)).filter((given) => name.test(given));
}

/**
 * Requires that one variable is no larger than another.
 *
 * @throws {ConfigError} naming both, with their values, which may be defaults
 */
export function requireOrder<Smaller extends string, Larger extends string>(
  env: Readonly<Record<Smaller | Larger, number>>,
  smaller: Smaller,
  larger: Larger,
): void {
  if (env[smaller] <= env[larger]) return;
  throw new ConfigError(`${smaller}=${env[smaller]} is above ${larger}=${env[larger]}; raise ${larger}`);
}

/** Reports all variables that are absent or invalid at once. */
export function throwIfInvalid({ errors }: { errors: Record<string, Error | undefined> }): void {
  const lines = Object.entries(errors).map(([name, error]) =>
    error instanceof EnvMissingError ? `${name} is not set` : `${name} ${error?.message ?? 'is invalid'}`,
  );
  if (lines.length > 0) throw new ConfigError(lines.join('\n'));
}
