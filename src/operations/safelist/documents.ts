import { ConfigError, type Config } from '../../config.js';
import { createSchema } from '../../graphql/schema.js';
import type { Logger } from '../../telemetry/logger.js';
import { MAX_TOKENS } from '../documents/document-limits.js';
import type { PipelineOptions } from '../pipeline.js';
import { SafelistError } from './safelist-error.js';
import { SafelistFile } from './safelist-file.js';
import { resolveWithoutSafelist, TrustedDocuments } from './trusted-documents.js';

/** The documents that clients may send. Close it. */
export interface Documents {
  readonly resolve: PipelineOptions['resolveDocument'];
  close(): void;
}

/**
 * The documents that clients may send, according to the settings.
 *
 * @throws {ConfigError} if the file of the safelist cannot be used
 */
export async function createDocuments(config: Config, logger: Logger): Promise<Documents> {
  const { safelist: settings, production, maxDepth } = config;
  if (settings === undefined) return { resolve: resolveWithoutSafelist, close: () => undefined };
  const { file: path, mode, pollMs } = settings;
  const limits = { maxDepth, maxTokens: MAX_TOKENS };
  try {
    const safelist = await SafelistFile.open({ path, pollMs, schema: createSchema(), limits, logger });
    const trusted = new TrustedDocuments({ safelist, mode, allowIntrospection: !production, limits, logger });
    return {
      resolve: (operation, principal) => trusted.resolve(operation, principal),
      close: () => {
        safelist.close();
      },
    };
  } catch (error) {
    if (!(error instanceof SafelistError)) throw error;
    throw new ConfigError(`SAFELIST_FILE=${path} cannot be used: ${error.message}`, { cause: error });
  }
}
