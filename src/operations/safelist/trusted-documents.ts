import { hash } from 'node:crypto';
import type { Principal } from '../../auth/principal.js';
import type { SafelistMode } from '../../config/safelist.js';
import type { Logger } from '../../telemetry/logger.js';
import type { DocumentLimits } from '../documents/document-limits.js';
import type { OperationRequest } from '../request/operation-request.js';
import { RequestError } from '../request/request-error.js';
import { isIntrospectionOnly } from './introspection.js';
import type { Safelist } from './safelist.js';
import { UnlistedLog } from './unlisted-log.js';

export interface TrustedDocumentsOptions {
  readonly safelist: { readonly current: Safelist };
  readonly mode: SafelistMode;
  /** Whether introspection is allowed without being listed. */
  readonly allowIntrospection: boolean;
  readonly limits: DocumentLimits;
  readonly logger: Logger;
}

/** The ways to refer to a document. */
interface Id {
  readonly value: string;
  readonly isHash: boolean;
}

/**
 * Resolves the documents of a safelist by id or text, and with `enforce` rejects all others. The text in the file is executed,
 * not the text that was sent.
 */
export class TrustedDocuments {
  readonly #options: TrustedDocumentsOptions;
  readonly #unlisted: UnlistedLog;

  constructor(options: TrustedDocumentsOptions) {
    this.#options = options;
    this.#unlisted = new UnlistedLog(options.logger, options.mode);
  }

  /**
   * Returns the operation to execute. Automatic persisted queries only apply to documents that need not be listed.
   *
   * @throws {RequestError} `PERSISTED_QUERY_NOT_FOUND` if an id is not listed, `DOCUMENT_NOT_ALLOWED` if a document is not,
   *   `BAD_USER_INPUT` if document and id do not match
   */
  resolve(operation: OperationRequest, { grants }: Pick<Principal, 'grants'>): OperationRequest {
    const { mode, safelist } = this.#options;
    const isExplorer = grants?.scopes.has('graphql:explore') ?? false;
    const isEnforced = mode === 'enforce' && !isExplorer;
    const id = idOf(operation);
    const { query } = operation;
    if (query === undefined) return resolveId(safelist.current, operation, id, isEnforced);

    const { source, key } = safelist.current.byText(query);
    const listedById = id === undefined ? undefined : safelist.current.byId(id.value);
    if (listedById !== undefined && listedById !== source) throw notTogether(id);
    if (source !== undefined && (isEnforced || listedById !== undefined)) {
      if (listedById === undefined && id?.isHash && id.value !== hash('sha256', query)) throw notTogether(id);
      return withSource(operation, source);
    }
    if (source === undefined && !isExplorer) this.#checkUnlisted(operation, query, key);
    return isEnforced ? withSource(operation, query) : withoutDocumentId(operation);
  }

  #checkUnlisted(operation: OperationRequest, query: string, key: string | undefined): void {
    const { mode, allowIntrospection, limits } = this.#options;
    if (allowIntrospection && isIntrospectionOnly(query, limits)) return;
    if (key !== undefined) this.#unlisted.take(operation, key);
    if (mode === 'enforce') throw notAllowed();
  }
}

/** Without a safelist, only automatic persisted queries can be sent without their text. */
export function resolveWithoutSafelist(operation: OperationRequest): OperationRequest {
  if (operation.documentId === undefined) return operation;
  if (operation.query !== undefined || operation.extensions?.['persistedQuery'] !== undefined) {
    return withoutDocumentId(operation);
  }
  throw new RequestError(
    400,
    '`documentId` and `doc_id` name a document of a safelist, and the gateway has none. Send `query`.',
  );
}

function resolveId(
  safelist: Safelist,
  operation: OperationRequest,
  id: Id | undefined,
  isEnforced: boolean,
): OperationRequest {
  // Apollo Server reports the missing query.
  if (id === undefined) return operation;
  const source = safelist.byId(id.value);
  if (source !== undefined) return withSource(operation, source);
  if (id.isHash && !isEnforced) return withoutDocumentId(operation);
  throw notFound(id);
}

function idOf({ documentId, extensions }: OperationRequest): Id | undefined {
  const persisted = extensions?.['persistedQuery'];
  if (persisted === undefined || persisted === null) {
    return documentId === undefined ? undefined : { value: documentId, isHash: false };
  }
  const { version, sha256Hash } = persisted as { readonly version?: unknown; readonly sha256Hash?: unknown };
  if (version !== 1 || typeof sha256Hash !== 'string') {
    throw new RequestError(400, '`extensions.persistedQuery` must have `version: 1` and a `sha256Hash`.');
  }
  if (documentId !== undefined && documentId !== sha256Hash) {
    throw new RequestError(
      400,
      '`documentId` and `extensions.persistedQuery.sha256Hash` name different documents. Send one of them.',
    );
  }
  return { value: sha256Hash, isHash: true };
}

/** The operation with that text, and without any id of a document. */
function withSource(operation: OperationRequest, query: string): OperationRequest {
  const { extensions, ...rest } = withoutDocumentId(operation);
  if (extensions?.['persistedQuery'] === undefined) {
    return { ...rest, ...(extensions !== undefined && { extensions }), query };
  }
  const others = Object.entries(extensions).filter(([name]) => name !== 'persistedQuery');
  return { ...rest, ...(others.length > 0 && { extensions: Object.fromEntries(others) }), query };
}

function withoutDocumentId(operation: OperationRequest): OperationRequest {
  if (operation.documentId === undefined) return operation;
  const rest: { -readonly [Name in keyof OperationRequest]: OperationRequest[Name] } = { ...operation };
  delete rest.documentId;
  return rest;
}

/** Clients of automatic persisted queries recognise this message, and then send the text. */
function notFound({ isHash }: Id): RequestError {
  const code = 'PERSISTED_QUERY_NOT_FOUND';
  const headers = { 'cache-control': 'private, no-cache, must-revalidate' };
  if (isHash) return new RequestError(200, 'PersistedQueryNotFound', { code, headers });
  return new RequestError(400, 'No document of the safelist has this id.', { code, headers });
}

function notAllowed(): RequestError {
  return new RequestError(
    400,
    'The document is not in the safelist, and this gateway executes no others. Nothing was done.',
    { code: 'DOCUMENT_NOT_ALLOWED' },
  );
}

function notTogether(id: Id | undefined): RequestError {
  const name = id?.isHash === true ? '`extensions.persistedQuery.sha256Hash`' : '`documentId`';
  return new RequestError(400, `${name} does not name the document in \`query\`.`);
}
