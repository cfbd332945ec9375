import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GraphQLError, parse, print, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { documentLimitError, type DocumentLimits } from '../documents/document-limits.js';
import { canonicalForm } from './canonical-form.js';
import type { ListedDocument } from './manifest.js';
import { SafelistError } from './safelist-error.js';

/** A document that has been looked up by its text. */
interface LookedUp {
  /** The text of the listed document that has the same tokens. Undefined if no listed document has. */
  readonly source: string | undefined;
  /** Differs between documents that have different tokens. Undefined if the text is not a document. */
  readonly key: string | undefined;
}

/** A listed document that cannot be executed as the schema is. */
export interface Unusable {
  readonly id: string;
  readonly reason: string;
}

const MAX_LOOKED_UP = 1000;
/** Characters. */
const MAX_LOOKED_UP_TEXT = 1024 * 1024;

/** The documents that clients may send, by their ids, hashes and tokens. */
export class Safelist {
  readonly #sources = new Map<string, string>();
  readonly #sourcesByKey = new Map<string, string>();
  readonly #lookedUp = new LRUCache<string, LookedUp>({
    max: MAX_LOOKED_UP,
    maxSize: MAX_LOOKED_UP_TEXT,
    sizeCalculation: (_, text) => Math.max(1, text.length),
  });
  readonly #maxTokens: number;

  private constructor(maxTokens: number) {
    this.#maxTokens = maxTokens;
  }

  /**
   * A document that is not valid for the schema is listed as well, and rejected with its validation errors.
   *
   * @throws {SafelistError} if a text is not a GraphQL document, or two documents have the same id
   */
  static async of(
    documents: readonly ListedDocument[],
    schema: GraphQLSchema,
    limits: DocumentLimits,
  ): Promise<{ readonly safelist: Safelist; readonly unusable: readonly Unusable[] }> {
    const safelist = new Safelist(limits.maxTokens);
    await inTurns(documents, (document) => {
      safelist.#add(document);
    });
    const unusable: Unusable[] = [];
    // Ids in the file take precedence over hashes of other documents.
    await inTurns(documents, (document) => {
      const reason = safelist.#addHashes(document, schema, limits);
      if (reason !== undefined) unusable.push({ id: document.id, reason });
    });
    return { safelist, unusable };
  }

  /** The text of the document with an id. `sha256:` before a hash is the prefix of GraphQL over HTTP, A.1. */
  byId(id: string): string | undefined {
    return this.#sources.get(id) ?? (id.startsWith('sha256:') ? this.#sources.get(id.slice(7)) : undefined);
  }

  byText(text: string): LookedUp {
    const known = this.#lookedUp.get(text);
    if (known !== undefined) return known;
    const key = this.#keyOf(text);
    const source = key === undefined ? undefined : this.#sourcesByKey.get(key);
    const lookedUp = { source, key };
    this.#lookedUp.set(text, lookedUp);
    return lookedUp;
  }

  /** Of documents that have the same tokens, the first stands for all. */
  #add({ id, source }: ListedDocument): void {
    const key = this.#keyOf(source);
    const first = (key === undefined ? undefined : this.#sourcesByKey.get(key)) ?? source;
    const other = this.#sources.get(id);
    if (other !== undefined && other !== first) {
      throw new SafelistError(`two documents have the id ${JSON.stringify(id)}`);
    }
    this.#sources.set(id, first);
    if (key !== undefined) this.#sourcesByKey.set(key, first);
  }

  /** @returns the error if the document cannot be executed */
  #addHashes(
    { id, source }: ListedDocument,
    schema: GraphQLSchema,
    limits: DocumentLimits,
  ): string | undefined {
    this.#addHash(source, id);
    const tooLarge = documentLimitError(source, limits);
    if (tooLarge !== undefined) return tooLarge.message;
    const document = parseDocument(id, source);
    // Clients that print a document before they send it, such as Apollo Client, hash what they have printed.
    this.#addHash(print(document), id);
    return validate(schema, document)[0]?.message;
  }

  #addHash(text: string, id: string): void {
    const sha256 = hash('sha256', text);
    const source = this.#sources.get(id);
    if (source !== undefined && !this.#sources.has(sha256)) this.#sources.set(sha256, source);
  }

  #keyOf(text: string): string | undefined {
    const form = canonicalForm(text, this.#maxTokens);
    return form === undefined ? undefined : hash('sha256', form);
  }
}

/** Checking a document can take two milliseconds; requests are answered in between. */
async function inTurns<T>(items: readonly T[], visit: (item: T) => void): Promise<void> {
  for (const item of items) {
    await nextTurn();
    visit(item);
  }
}

function parseDocument(id: string, source: string): DocumentNode {
  try {
    return parse(source);
  } catch (error) {
    const reason = error instanceof GraphQLError ? error.message : String(error);
    throw new SafelistError(`the document ${JSON.stringify(id)} is not valid: ${reason}`);
  }
}
