import type {
  ApolloServerPlugin,
  BaseContext,
  GraphQLRequestContext,
  GraphQLRequestContextDidResolveSource,
  GraphQLRequestContextValidationDidStart,
  GraphQLRequestListener,
} from '@apollo/server';
import { Kind, type DocumentNode, type GraphQLError } from 'graphql';
import type { SyntaxLimits } from '../config/demand-control.js';
import { syntaxLimitError } from './demand-control/syntax-limits.js';
import { documentLimitError, type DocumentLimits } from './document-limits.js';
import type { DocumentStore } from './document-store.js';

const DONE = Promise.resolve();
const NOTHING = Promise.resolve(undefined);
const EMPTY: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };

/**
 * Keeps parsed and validated documents. Rejects a document that is too deep or too large before parsing, and one that exceeds
 * other limits before validation. Apollo Server's document store cannot do that.
 *
 * Apollo Server skips parsing and validation if `document` is set already. A plugin can reject an operation no earlier than in
 * `didResolveOperation`, so a rejected document is replaced with an empty one until then.
 */
export function documentsPlugin<Context extends BaseContext>(
  documents: DocumentStore,
  limits: DocumentLimits & SyntaxLimits,
): ApolloServerPlugin<Context> {
  return { requestDidStart: () => Promise.resolve(new DocumentsListener<Context>(documents, limits)) };
}

type WithDocument = GraphQLRequestContext<BaseContext> & { document?: DocumentNode };

class DocumentsListener<Context extends BaseContext> implements GraphQLRequestListener<Context> {
  readonly #documents: DocumentStore;
  readonly #limits: DocumentLimits & SyntaxLimits;
  #error: GraphQLError | undefined;

  constructor(documents: DocumentStore, limits: DocumentLimits & SyntaxLimits) {
    this.#documents = documents;
    this.#limits = limits;
  }

  didResolveSource(request: GraphQLRequestContextDidResolveSource<Context>): Promise<void> {
    // The event of a subscription, whose document was checked when the client subscribed.
    if ((request as WithDocument).document !== undefined) return DONE;
    let document = this.#documents.get(request.source);
    if (document === undefined) {
      this.#error = documentLimitError(request.source, this.#limits);
      if (this.#error !== undefined) document = EMPTY;
    }
    if (document !== undefined) (request as WithDocument).document = document;
    return DONE;
  }

  validationDidStart(request: GraphQLRequestContextValidationDidStart<Context>) {
    const { source, document } = request;
    this.#error = syntaxLimitError(document, this.#limits);
    if (this.#error !== undefined) {
      (request as WithDocument).document = EMPTY;
      return NOTHING;
    }
    return Promise.resolve((errors?: readonly Error[]) => {
      if (errors === undefined) this.#documents.set(source, document);
      return DONE;
    });
  }

  didResolveOperation(): Promise<void> {
    return this.#error === undefined ? DONE : Promise.reject(this.#error);
  }
}
