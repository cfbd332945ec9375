import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

type DocumentStore = NonNullable<ApolloServerOptions<BaseContext>['documentStore']>;

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

/** Where Apollo Server keeps documents that have been parsed and validated. */
export function createDocumentStore(): DocumentStore {
  const documents = documentCache();
  return {
    get: (key) => Promise.resolve(documents.get(key)),
    set(key, document) {
      documents.set(key, document);
      return Promise.resolve();
    },
    delete: (key) => Promise.resolve(documents.delete(key)),
  };
}
