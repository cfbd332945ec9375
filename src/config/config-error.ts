/** An environment variable is invalid. `message` has one line per invalid variable, starting with its name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
