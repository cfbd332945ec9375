import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql';
import { FieldgateError, type ErrorCode } from '../../errors.js';
import { UpstreamError, type UpstreamErrorCode } from '../../upstream/errors.js';

/** `extensions` of a GraphQL error, as the gateway gives them; Apollo Server's own codes stand beside {@link ErrorCode}. */
export interface ErrorExtensions {
  readonly code: ErrorCode;
  /** Whether the same request can succeed later. */
  readonly retryable?: boolean;
  /** When, at the earliest. */
  readonly retryAfterSeconds?: number;
  /** The change may or may not have been made. */
  readonly outcomeUnknown?: true;
  /** The key of the job that was to be created: trying again with it creates nothing twice. */
  readonly idempotencyKey?: string;
  readonly upstream?: { readonly status?: number; readonly errorId?: string };
}

export interface FormatErrorOptions {
  /** Called with what is a defect, and is masked from the client. */
  readonly onDefect: (error: unknown) => void;
}

/** What a client sees of a defect. */
export const GATEWAY_FAILED: { readonly message: string; readonly extensions: ErrorExtensions } = {
  message: 'The gateway failed.',
  extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
};

/** What a client sees of an error: never a stack, a URL, a token or a body. */
export function createFormatError({ onDefect }: FormatErrorOptions) {
  return (given: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError => {
    const formatted = { ...given, message: shortened(given.message) };
    const error = unwrapResolverError(thrown);
    if (error instanceof UpstreamError) {
      return withExtensions({ ...formatted, message: upstreamMessage(error) }, upstreamExtensions(error));
    }
    if (error instanceof FieldgateError || hasCode(error, 'BAD_USER_INPUT') || isMistake(thrown)) {
      return withExtensions(formatted, { code: 'BAD_USER_INPUT', retryable: false });
    }
    if (formatted.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR') return withoutStack(formatted);
    onDefect(error);
    return { ...formatted, message: GATEWAY_FAILED.message, extensions: { ...GATEWAY_FAILED.extensions } };
  };
}

const MAX_MESSAGE_LENGTH = 1000;

/**
 * graphql-js repeats what it refuses, each time: of a variable of 1 MiB it can make 50 errors of that length. What it is about
 * stands at the beginning of its messages, and what is wrong at their end.
 */
function shortened(message: string): string {
  if (message.length <= MAX_MESSAGE_LENGTH) return message;
  const half = MAX_MESSAGE_LENGTH / 2;
  return `${message.slice(0, half)} ... ${message.slice(-half)}`;
}

const CODES: Readonly<Record<UpstreamErrorCode, ErrorCode>> = {
  INVALID_REQUEST: 'BAD_USER_INPUT',
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'UPSTREAM_BAD_RESPONSE',
  PRECONDITION_FAILED: 'UPSTREAM_BAD_RESPONSE',
  INVALID_STATE: 'UPSTREAM_BAD_RESPONSE',
  RATE_LIMITED: 'RATE_LIMITED',
  UNAVAILABLE: 'UPSTREAM_UNAVAILABLE',
  TIMEOUT: 'UPSTREAM_TIMEOUT',
  BAD_RESPONSE: 'UPSTREAM_BAD_RESPONSE',
};

const MAX_INVALID_LENGTH = 500;

const RETRYABLE: ReadonlySet<UpstreamErrorCode> = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'TIMEOUT']);

/** What the API finds wrong with a query, a user can put right; of any other failure the gateway tells in its own words. */
function upstreamMessage({ code, message, details }: UpstreamError): string {
  if (code !== 'INVALID_REQUEST') return message;
  const invalid = (details.invalidParams ?? []).flatMap(({ name, reason }) =>
    reason === undefined ? [] : [`${name}: ${reason}`],
  );
  const detail = details.detail ?? message;
  return invalid.length === 0 ? detail : `${detail} (${invalid.join('; ').slice(0, MAX_INVALID_LENGTH)})`;
}

function upstreamExtensions({ code, details }: UpstreamError): ErrorExtensions {
  const { status, errorId, retryAfterSeconds, outcomeUnknown, idempotencyKey } = details;
  // Creating a job again under its key is safe whatever became of it.
  const safeToRepeat = outcomeUnknown === true && idempotencyKey !== undefined;
  return {
    code: CODES[code],
    retryable: RETRYABLE.has(code) || safeToRepeat,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(outcomeUnknown === true ? { outcomeUnknown } : {}),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(status === undefined && errorId === undefined
      ? {}
      : {
          upstream: {
            ...(status === undefined ? {} : { status }),
            ...(errorId === undefined ? {} : { errorId }),
          },
        }),
  };
}

function withExtensions(
  formatted: GraphQLFormattedError,
  extensions: ErrorExtensions,
): GraphQLFormattedError {
  return { ...formatted, extensions: { ...extensions } };
}

function withoutStack(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const extensions = Object.entries(formatted.extensions ?? {}).filter(([name]) => name !== 'stacktrace');
  return { ...formatted, extensions: Object.fromEntries(extensions) };
}

/** A malformed scalar in the document reaches this as the cause of a validation error. */
function hasCode(error: unknown, code: string): boolean {
  return causes(error).some(({ extensions }) => extensions?.['code'] === code);
}

/** What graphql-js and Apollo Server tell of a request without a code of ours: the client can mend it. */
function isMistake(thrown: unknown): boolean {
  return (
    isBadRequest(thrown) ||
    hasCode(thrown, 'OPERATION_RESOLUTION_FAILURE') ||
    (thrown instanceof GraphQLError && (isRequestError(thrown) || isAboutDocument(thrown)))
  );
}

/** What Apollo Server finds wrong with a persisted query has a status, and no code. */
function isBadRequest(error: unknown): boolean {
  return causes(error).some(({ extensions = {} }) => {
    const { http, code } = extensions as { http?: { status?: unknown }; code?: unknown };
    return code === undefined && http?.status === 400;
  });
}

/**
 * A request error (GraphQL, 7.1.2) is raised before any resolver has been called, such as that of too many errors in
 * variables. What a resolver throws, or gives, has its path; what fails elsewhere has a cause.
 */
function isRequestError({ path, originalError, extensions }: GraphQLError): boolean {
  return path === undefined && originalError === undefined && extensions['code'] === undefined;
}

/**
 * What graphql-js raises while it executes names the part of the document to blame. Where a client's value cannot be what an
 * argument or a directive wants, it is the value, the variable or the operation. Where a resolver's value cannot be what a
 * field gives, it is the field.
 */
function isAboutDocument({ nodes, extensions }: GraphQLError): boolean {
  if (nodes === undefined || extensions['code'] !== undefined) return false;
  return nodes.length > 0 && nodes.every(({ kind }) => kind !== Kind.FIELD);
}

interface Caused {
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly originalError?: unknown;
}

function causes(error: unknown): readonly Caused[] {
  if (typeof error !== 'object' || error === null) return [];
  return [error, ...causes((error as Caused).originalError)];
}
