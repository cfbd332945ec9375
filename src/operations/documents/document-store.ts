import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** The part of Apollo Server's cache interface that persisted queries need. */
interface KeyValueCache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<boolean>;
}

const MAX_ENTRIES = 1000;
/** Characters of source. A parsed and planned document takes about fifty times as much memory. */
const MAX_CHARACTERS = 1024 * 1024;

/** Documents that have been parsed and validated, by their source. */
export type DocumentStore = LRUCache<string, DocumentNode>;

/**
 * Keeps the most recently used documents. A client that inlines values instead of using variables sends a new document with each
 * request, and must not fill the memory.
 */
export function createDocumentStore(): DocumentStore {
  return new LRUCache({
    max: MAX_ENTRIES,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ loc }) => Math.max(1, loc?.end ?? 1),
  });
}

/** Keeps the sources of automatic persisted queries, which any caller can register. Apollo Server's default may take 30 MiB. */
export function createPersistedQueryStore(): KeyValueCache {
  const sources = new LRUCache<string, string>({
    max: MAX_ENTRIES,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ length }) => Math.max(1, length),
  });
  return {
    get: (key) => Promise.resolve(sources.get(key)),
    set(key, value) {
      sources.set(key, value);
      return Promise.resolve();
    },
    delete: (key) => Promise.resolve(sources.delete(key)),
  };
}
