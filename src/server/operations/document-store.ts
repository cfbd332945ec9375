import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** What Apollo Server keeps persisted queries in. */
interface KeyValueCache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<boolean>;
}

const MAX_DOCUMENTS = 1000;
/** Of the source. What is made of a document (syntax tree, tokens, plan) takes some fifty times as much. */
const MAX_CHARACTERS = 1024 * 1024;

/**
 * Documents, those that were used last. An application has tens or hundreds; whoever writes values into documents instead
 * of variables makes a new one for each request, and must not fill the memory.
 */
export function documentCache(): LRUCache<string, DocumentNode> {
  return new LRUCache({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ loc }) => Math.max(1, loc?.end ?? 1),
  });
}

/** Sources of documents, those that were used last. */
export function sourceCache(): LRUCache<string, string> {
  return new LRUCache({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ length }) => Math.max(1, length),
  });
}

/** Where it keeps the sources of persisted queries, which anybody can send; by itself it takes 30 MiB for them. */
export function createPersistedQueryStore(): KeyValueCache {
  const values = sourceCache();
  return {
    get: (key) => Promise.resolve(values.get(key)),
    set(key, value) {
      values.set(key, value);
      return Promise.resolve();
    },
    delete: (key) => Promise.resolve(values.delete(key)),
  };
}
