import { ConfigError, readConfig } from '../../src/config.js';

/** The message with which the configuration rejects an environment. */
export function configError(environment: NodeJS.ProcessEnv): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}
