import type {
  GraphQLRequestContextDidResolveSource,
  GraphQLRequestContextValidationDidStart,
} from '@apollo/server';
import { Kind, type DocumentNode, type GraphQLError } from 'graphql';
import type { SyntaxLimits } from '../config/demand-control.js';
import type { RequestContext } from '../context.js';
import { syntaxLimitError } from './demand-control/syntax-limits.js';
import { documentLimitError, type DocumentLimits } from './document-limits.js';
import type { DocumentStore } from './document-store.js';
import type { HooksFor, OperationHooks } from './hooks.js';

const EMPTY: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };

/**
 * Keeps parsed and validated documents. Rejects a document that is too deep or too large before parsing, and one that exceeds
 * other limits before validation. Apollo Server's document store cannot do that.
 *
 * Apollo Server skips parsing and validation if `document` is set already. A plugin can reject an operation no earlier than in
 * `didResolveOperation`, so a rejected document is replaced with an empty one until then.
 */
export function documentsHooks(documents: DocumentStore, limits: DocumentLimits & SyntaxLimits): HooksFor {
  return () => new DocumentsHooks(documents, limits);
}

/** `document` is read-only in the types of Apollo Server. */
interface WithDocument {
  document?: DocumentNode;
}

class DocumentsHooks implements OperationHooks {
  readonly #documents: DocumentStore;
  readonly #limits: DocumentLimits & SyntaxLimits;
  #error: GraphQLError | undefined;

  constructor(documents: DocumentStore, limits: DocumentLimits & SyntaxLimits) {
    this.#documents = documents;
    this.#limits = limits;
  }

  didResolveSource(request: GraphQLRequestContextDidResolveSource<RequestContext>): void {
    // The event of a subscription, whose document was checked when the client subscribed.
    if ((request as WithDocument).document !== undefined) return;
    let document = this.#documents.get(request.source);
    if (document === undefined) {
      this.#error = documentLimitError(request.source, this.#limits);
      if (this.#error !== undefined) document = EMPTY;
    }
    if (document !== undefined) (request as WithDocument).document = document;
  }

  validationDidStart(request: GraphQLRequestContextValidationDidStart<RequestContext>) {
    const { source, document } = request;
    this.#error = syntaxLimitError(document, this.#limits);
    if (this.#error !== undefined) {
      (request as WithDocument).document = EMPTY;
      return undefined;
    }
    return (errors?: readonly Error[]) => {
      if (errors === undefined) this.#documents.set(source, document);
    };
  }

  didResolveOperation(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}
