import type { Config } from '../../config.js';
import { createSchema } from '../../graphql/schema.js';
import { MAX_TOKENS } from '../../operations/documents/document-limits.js';
import { SafelistError } from '../../operations/safelist/safelist-error.js';
import { readSafelist } from '../../operations/safelist/safelist-file.js';
import { failed, ok, type CheckResult } from './result.js';

const WHAT = 'Safelist';
/** Unusable documents that are named. */
const MAX_NAMED = 3;

/** Reads the file with the documents that clients may send, as a gateway does when it starts. */
export async function checkSafelist(
  path: string,
  { maxDepth }: Pick<Config, 'maxDepth'>,
): Promise<CheckResult> {
  const limits = { maxDepth, maxTokens: MAX_TOKENS };
  try {
    const { count, unusable } = await readSafelist({ path, schema: createSchema(), limits });
    if (unusable.length === 0) return ok(WHAT, `${path} has ${count} documents, all valid for the schema.`);
    const ids = unusable.slice(0, MAX_NAMED).map(({ id, reason }) => `${id} (${reason})`);
    const more = unusable.length > MAX_NAMED ? ', and more' : '';
    return failed(
      WHAT,
      `${path} has ${unusable.length} documents that would be rejected, of ${count}: ${ids.join(', ')}${more}. Write the file again for this schema.`,
    );
  } catch (error) {
    if (!(error instanceof SafelistError)) throw error;
    return failed(WHAT, `${path} cannot be used: ${error.message}. Check SAFELIST_FILE.`);
  }
}
