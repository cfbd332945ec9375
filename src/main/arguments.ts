import { parseArgs } from 'node:util';
import { ConfigError } from '../config.js';

interface Arguments {
  /** `--check`: validate the settings and contact each dependency, instead of starting the gateway. */
  readonly check: boolean;
}

/** @throws {ConfigError} if there are others */
export function readArguments(args: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { check: { type: 'boolean', default: false } },
    });
    return { check: values.check };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    throw new ConfigError(`${message} The only option is --check. Settings are in the environment.`);
  }
}
