import { str } from 'envalid';
import { ConfigError } from './config-error.js';
import { wholeNumber } from './whole-number.js';

export type SafelistMode = 'log' | 'enforce';

/** The documents that clients may send. Undefined without `SAFELIST_FILE`: they may send any. */
export interface SafelistConfig {
  /**
   * `SAFELIST_FILE`: the path of a JSON file, either a manifest of Apollo's `generate-persisted-query-manifest`, or an object
   * from hashes to documents, as the client preset of GraphQL Code Generator and Relay's compiler write it.
   */
  readonly file: string;
  /**
   * `SAFELIST_MODE` (required with a file): `enforce` rejects documents that are not in the file; `log` executes them, and logs
   * each of them once.
   */
  readonly mode: SafelistMode;
  /** `SAFELIST_POLL_MS` (1000): how often to look whether the file has changed. */
  readonly pollMs: number;
}

/** The validators of the `SAFELIST_` variables. */
export const safelistVariables = {
  SAFELIST_FILE: str({ default: undefined }),
  SAFELIST_MODE: str({ choices: ['log', 'enforce'] as const, default: undefined }),
  SAFELIST_POLL_MS: wholeNumber(10, 600_000)({ default: 1000 }),
};

interface SafelistEnvironment {
  readonly SAFELIST_FILE: string | undefined;
  readonly SAFELIST_MODE: SafelistMode | undefined;
  readonly SAFELIST_POLL_MS: number;
  readonly FEDERATION: 'true' | 'false';
}

/**
 * A router sends documents that it makes itself, which no file can list. Whoever composes the graph lists those of clients there.
 *
 * @throws {ConfigError} if one of file and mode is set without the other, or with `FEDERATION=true`
 */
export function safelistConfig(env: SafelistEnvironment): SafelistConfig | undefined {
  const { SAFELIST_FILE: file, SAFELIST_MODE: mode, SAFELIST_POLL_MS: pollMs } = env;
  if (file !== undefined && env.FEDERATION === 'true') {
    throw new ConfigError(
      'SAFELIST_FILE must not be set with FEDERATION=true: a router sends documents of its own, which no file lists. Have the router check what clients send',
    );
  }
  if (file !== undefined && mode !== undefined) return { file, mode, pollMs };
  if (mode !== undefined)
    throw new ConfigError(`SAFELIST_MODE=${mode} needs SAFELIST_FILE, which must be set`);
  if (file !== undefined) {
    throw new ConfigError('SAFELIST_FILE needs SAFELIST_MODE, which must be `log` or `enforce`');
  }
  return undefined;
}
