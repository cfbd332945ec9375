import type { GraphQLRequestContextDidResolveSource } from '@apollo/server';
import type { DocumentNode, GraphQLError } from 'graphql';
import type { RequestContext } from '../../context.js';
import { documentLimitError, type DocumentLimits } from './document-limits.js';
import type { DocumentStore } from './document-store.js';
import type { HooksFor, OperationHooks } from '../apollo/hooks.js';

/** `document` is read-only in the types of Apollo Server. */
interface WithDocument {
  document?: DocumentNode;
}

/**
 * Keeps parsed and validated documents. Apollo Server skips parsing and validation if `document` is set already. Its own document
 * store would be awaited for each operation.
 */
export function documentsHooks(documents: DocumentStore, limits: DocumentLimits): HooksFor {
  const hooks: OperationHooks = {
    didResolveSource(request: GraphQLRequestContextDidResolveSource<RequestContext>) {
      // The event of a subscription, whose document was checked when the client subscribed.
      if ((request as WithDocument).document !== undefined) return;
      const document = documents.get(request.source);
      if (document !== undefined) (request as WithDocument).document = document;
    },
    validationDidStart:
      ({ source, document }) =>
      (errors) => {
        if (errors === undefined) documents.set(source, document);
      },
    didEncounterErrors({ source, document, errors }) {
      if (source === undefined || document !== undefined) return;
      // Very deep documents exhaust the stack of the parser, before `documentLimitsRule` could reject them.
      const error = documentLimitError(source, limits);
      // Apollo Server formats the same list after this hook.
      if (error !== undefined) (errors as GraphQLError[]).splice(0, errors.length, error);
    },
  };
  return () => hooks;
}
