import initial from './0001-initial.js';
import traceOfEffects from './0002-trace-of-effects.js';
import apiOf20251218 from './0003-api-of-2025-12-18.js';

/**
 * The database's schema as numbered steps. Append only: a step that has been released is never edited, because files
 * written by it are still around.
 */
export const migrations: readonly string[] = [initial, traceOfEffects, apiOf20251218];
