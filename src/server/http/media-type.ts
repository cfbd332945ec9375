import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

const JSON_TYPE = 'application/json; charset=utf-8';
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

const MAX_REMEMBERED = 200;
const MAX_REMEMBERED_LENGTH = 500;

/** Clients send a handful of `Accept` headers, and each costs more to understand than the rest of a request's headers. */
const remembered = new LRUCache<string, { readonly type: string | undefined }>({ max: MAX_REMEMBERED });

/**
 * The content type of a GraphQL answer (GraphQL over HTTP, 6.1), chosen as Apollo Server chooses it.
 *
 * @param accept the `Accept` header
 * @returns undefined where the caller accepts neither
 */
export function responseType(accept: string | undefined): string | undefined {
  if (accept === undefined || accept === '') return JSON_TYPE;
  if (accept.length > MAX_REMEMBERED_LENGTH) return negotiated(accept);
  const known = remembered.get(accept);
  if (known !== undefined) return known.type;
  const type = negotiated(accept);
  remembered.set(accept, { type });
  return type;
}

function negotiated(accept: string): string | undefined {
  return new Negotiator({ headers: { accept } }).mediaType([JSON_TYPE, GRAPHQL_TYPE]);
}
