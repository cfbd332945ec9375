import secureJson from 'secure-json-parse';
import { isJsonObject } from '../../json-value.js';
import { RequestError } from './request-error.js';

/** An operation as a client sends it (GraphQL over HTTP, 5.1). */
export interface OperationRequest {
  /**
   * Absent if `extensions.persistedQuery` or `documentId` names the document; otherwise Apollo Server rejects the operation.
   */
  readonly query?: string;
  /** Names a document of the safelist (GraphQL over HTTP, appendix A). Relay calls it `doc_id`. */
  readonly documentId?: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
}

/**
 * The operation in the body of a `POST` request.
 *
 * @throws {RequestError} 400, naming what is wrong with the body
 */
export function operationInBody(text: string): OperationRequest {
  if (text.trim() === '')
    throw new RequestError(400, 'The request has no body. Send a JSON object with a `query`.');
  const body = parseSafely(text);
  if (!isJsonObject(body)) throw new RequestError(400, 'The body must be a JSON object with a `query`.');
  return operationOf(body);
}

/** Whether a body is a list, which is a batch of operations. */
export function isBatch(text: string): boolean {
  return /^\s*\[/.test(text);
}

/**
 * The operations of a batch as the client sent them, for {@link operationInBatch}.
 *
 * @param maxSize the most operations in it; 0 rejects all batches
 * @throws {RequestError} 400 if there are too many, or none
 */
export function operationsInBatch(text: string, maxSize: number): readonly unknown[] {
  if (maxSize === 0) {
    throw new RequestError(
      400,
      'The body is a list of operations, which `MAX_BATCH_SIZE` does not allow here. Send each operation in a request of its own.',
    );
  }
  const body = parseSafely(text);
  if (!Array.isArray(body) || body.length === 0)
    throw new RequestError(400, 'The body is a list without operations.');
  if (body.length > maxSize) {
    throw new RequestError(
      400,
      `The body is a list of ${body.length} operations. \`MAX_BATCH_SIZE\` allows ${maxSize} of them.`,
    );
  }
  return body;
}

/** @throws {RequestError} 400, naming what is wrong with the operation */
export function operationInBatch(given: unknown): OperationRequest {
  if (!isJsonObject(given)) {
    throw new RequestError(400, 'Each operation of a list must be a JSON object with a `query`.');
  }
  return operationOf(given);
}

/**
 * The operation in a message of `graphql-transport-ws`, whose `query` is empty if it names a persisted query.
 *
 * @throws {RequestError} 400, naming what is wrong with it
 */
export function operationInMessage(payload: object): OperationRequest {
  try {
    secureJson.scan(payload);
  } catch {
    throw notSafe('The message');
  }
  return operationOf(payload as Readonly<Record<string, unknown>>);
}

/**
 * The operation in the query string of a `GET` request. An empty parameter counts as absent.
 *
 * @throws {RequestError} 400, naming the parameter, or if the query string cannot be decoded
 */
export function operationInQueryString(queryString: string): OperationRequest {
  if (!isPercentEncoded(queryString)) {
    throw new RequestError(400, 'The query string is not percent-encoded UTF-8.');
  }
  const params = new URLSearchParams(queryString);
  const parameter = (name: string): string | undefined => {
    const [value = '', ...more] = params.getAll(name);
    if (more.length > 0) throw new RequestError(400, `The parameter \`${name}\` is given more than once.`);
    return value === '' ? undefined : value;
  };
  const json = (name: string): unknown => {
    const text = parameter(name);
    return text === undefined ? undefined : parseSafely(text, `The parameter \`${name}\``);
  };
  return operationOf({
    query: parameter('query'),
    documentId: parameter('documentId'),
    doc_id: parameter('doc_id'),
    operationName: parameter('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

function operationOf(given: Readonly<Record<string, unknown>>): OperationRequest {
  const { query, operationName, variables, extensions } = given;
  if (!isAbsent(extensions) && !isJsonObject(extensions)) throw mustBe('extensions', 'an object');
  if (!isAbsent(variables) && !isJsonObject(variables)) throw mustBe('variables', 'an object');
  if (!isAbsent(operationName) && typeof operationName !== 'string')
    throw mustBe('operationName', 'a string');
  if (!isAbsent(query) && typeof query !== 'string') throw mustBe('query', 'a string');
  const documentId = documentIdIn(given);
  const operation: { -readonly [name in keyof OperationRequest]: OperationRequest[name] } = {};
  if (!isAbsent(query) && query !== '') operation.query = query;
  if (documentId !== undefined) operation.documentId = documentId;
  if (!isAbsent(operationName)) operation.operationName = operationName;
  if (!isAbsent(variables)) operation.variables = variables;
  if (!isAbsent(extensions)) operation.extensions = extensions;
  return operation;
}

function documentIdIn({
  documentId,
  doc_id: relayId,
}: Readonly<Record<string, unknown>>): string | undefined {
  if (!isAbsent(documentId) && typeof documentId !== 'string') throw mustBe('documentId', 'a string');
  if (!isAbsent(relayId) && typeof relayId !== 'string') throw mustBe('doc_id', 'a string');
  if (!isAbsent(documentId) && !isAbsent(relayId) && documentId !== relayId) {
    throw new RequestError(400, '`documentId` and `doc_id` name different documents. Send one of them.');
  }
  return documentId ?? relayId ?? undefined;
}

function mustBe(name: string, what: string): RequestError {
  return new RequestError(400, `\`${name}\` must be ${what}.`);
}

/** Rejects JSON that would change prototypes. */
function parseSafely(text: string, what = 'The body of the request'): unknown {
  try {
    return secureJson.parse(text);
  } catch {
    throw notSafe(what);
  }
}

function notSafe(what: string): RequestError {
  return new RequestError(
    400,
    `${what} is not valid JSON, or has a property \`__proto__\` or \`constructor.prototype\`, which is not allowed.`,
  );
}

/** `URLSearchParams` would replace malformed escapes instead of rejecting them. */
function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
