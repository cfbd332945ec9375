import pino from 'pino';
import { readConfig } from '../../src/config.js';
import { createSharedState } from '../../src/state/create-shared-state.js';
import type { SharedState } from '../../src/state/shared-state.js';

export interface OpenState extends SharedState {
  /** What it has logged so far, as JSON lines. */
  readonly log: readonly string[];
}

/** The state of one process, which shares it over this Redis; in its memory without one. Close it. */
export async function openState(
  url?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<OpenState> {
  const log: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => log.push(line) });
  const config = readConfig({ ...(url !== undefined && { REDIS_URL: url }), ...env });
  return { ...(await createSharedState(config, logger)), log };
}
