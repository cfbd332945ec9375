import { isJsonObject } from '../../json-value.js';
import { SafelistError } from './safelist-error.js';

/** A document that clients may send. */
export interface ListedDocument {
  /** The id that clients send, besides the SHA-256 of its text. */
  readonly id: string;
  readonly source: string;
}

export const MAX_DOCUMENTS = 5000;
const MAX_ID_LENGTH = 256;
const APOLLO_FORMAT = 'apollo-persisted-query-manifest';

/**
 * The documents of a file: a manifest of Apollo's `generate-persisted-query-manifest`, or an object from hashes to documents.
 *
 * @throws {SafelistError} naming what is wrong
 */
export function documentsIn(text: string): readonly ListedDocument[] {
  const documents = entriesOf(parseManifest(text)).map(([id, source]) => listed(id, source));
  if (documents.length === 0) throw new SafelistError('it has no documents');
  if (documents.length > MAX_DOCUMENTS) {
    throw new SafelistError(`it has ${documents.length} documents, of at most ${MAX_DOCUMENTS}`);
  }
  return documents;
}

function entriesOf(file: unknown): readonly (readonly [id: unknown, source: unknown])[] {
  if (!isJsonObject(file)) throw new SafelistError('it is not a JSON object');
  const { format, version, operations } = file;
  if (format === undefined) return Object.entries(file);
  if (format !== APOLLO_FORMAT || version !== 1) {
    throw new SafelistError(`its \`format\` must be \`${APOLLO_FORMAT}\`, and its \`version\` 1`);
  }
  if (!Array.isArray(operations)) throw new SafelistError('its `operations` must be a list');
  return operations.map((operation: unknown, index) => {
    if (isJsonObject(operation)) return [operation['id'], operation['body']];
    throw new SafelistError(`\`operations[${index}]\` must be an object`);
  });
}

function listed(id: unknown, source: unknown): ListedDocument {
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID_LENGTH) {
    throw new SafelistError(`each id must be text of at most ${MAX_ID_LENGTH} characters`);
  }
  if (typeof source === 'string') return { id, source };
  throw new SafelistError(`what has the id ${JSON.stringify(id)} must be the text of a document`);
}

function parseManifest(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new SafelistError('it is not valid JSON');
  }
}
