import { ApolloServerValidationErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from '../../error-codes.js';
import { FieldgateError, ForbiddenError, RateLimitedError } from '../../errors.js';
import { UpstreamError, type UpstreamErrorCode } from '../../upstream/errors.js';
import { idArgumentsOf } from './argument-names.js';
import { explanationOf } from './explanation.js';

/** `extensions` of the gateway's GraphQL errors. Apollo Server's own errors have codes besides {@link ErrorCode}. */
export interface ErrorExtensions {
  readonly code: ErrorCode;
  /** Whether the same request can succeed later. */
  readonly retryable?: boolean;
  /** The minimum delay before a retry. */
  readonly retryAfterSeconds?: number;
  /** Whether the change was made is unknown. */
  readonly outcomeUnknown?: true;
  /** The idempotency key of the job: retrying with it creates no second job. */
  readonly idempotencyKey?: string;
  readonly upstream?: { readonly status?: number; readonly errorId?: string };
}

export interface FormatErrorOptions {
  /** Receives unexpected errors, which are masked from the client. */
  readonly onDefect: (error: unknown) => void;
}

/** What a client sees of an unexpected error. */
export const GATEWAY_FAILED: { readonly message: string; readonly extensions: ErrorExtensions } = {
  message: 'The gateway failed.',
  extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
};

/** Formats errors for clients, without stack traces, URLs, tokens or response bodies. */
export function createFormatError({ onDefect }: FormatErrorOptions) {
  return (given: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError => {
    const formatted = { ...given, message: messageOf(given) };
    const error = unwrapResolverError(thrown);
    if (error instanceof UpstreamError) {
      return withExtensions(
        { ...formatted, message: upstreamMessage(error, thrown) },
        upstreamExtensions(error),
      );
    }
    if (error instanceof ForbiddenError) {
      return withExtensions(formatted, { code: 'FORBIDDEN', retryable: false });
    }
    if (error instanceof RateLimitedError) {
      return withExtensions(formatted, { code: 'RATE_LIMITED', retryable: true });
    }
    if (error instanceof FieldgateError || hasCode(error, 'BAD_USER_INPUT') || isClientError(thrown)) {
      return withExtensions(formatted, { code: 'BAD_USER_INPUT', retryable: false });
    }
    if (formatted.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR') return withRetryable(formatted);
    onDefect(error);
    return { ...formatted, message: GATEWAY_FAILED.message, extensions: { ...GATEWAY_FAILED.extensions } };
  };
}

/** Apollo Server's message tells the operator of a server what to change in its code. */
const NO_INTROSPECTION = 'Introspection is disabled: `__schema` and `__type` cannot be selected.';

function messageOf({ message, extensions }: GraphQLFormattedError): string {
  const { validationErrorCode } = extensions ?? {};
  return validationErrorCode === ApolloServerValidationErrorCode.INTROSPECTION_DISABLED
    ? NO_INTROSPECTION
    : shortened(message);
}

const MAX_MESSAGE_LENGTH = 1000;

/**
 * graphql-js repeats the rejected value in each message, and can report 50 errors about a variable of 1 MiB. Its
 * messages start with the location and end with the problem, so both ends are kept.
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

const RETRYABLE: ReadonlySet<UpstreamErrorCode> = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'TIMEOUT']);

/** The API's explanation of an invalid query helps users; all other failures are described in our own words. */
function upstreamMessage({ code, message, details }: UpstreamError, thrown: unknown): string {
  return code === 'INVALID_REQUEST' ? explanationOf(details, message, idArgumentsOf(thrown)) : message;
}

function upstreamExtensions({ code, details }: UpstreamError): ErrorExtensions {
  const { status, errorId, retryAfterSeconds, outcomeUnknown, idempotencyKey } = details;
  // Creating a job again with the same key is safe, whatever happened to the first attempt.
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

/**
 * An error that was thrown with a code, and may say itself whether it is retryable. Otherwise the request has to change before it can
 * succeed; after `RATE_LIMITED` only time has to pass.
 */
function withRetryable(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const entries = Object.entries(formatted.extensions ?? {}).filter(([name]) => name !== 'stacktrace');
  const extensions = Object.fromEntries(entries);
  return { ...formatted, extensions: { retryable: extensions['code'] === 'RATE_LIMITED', ...extensions } };
}

/** A malformed scalar in the document is the cause of a validation error. */
function hasCode(error: unknown, code: string): boolean {
  return causes(error).some(({ extensions }) => extensions?.['code'] === code);
}

/** Client errors of graphql-js and Apollo Server that have none of our codes. */
function isClientError(thrown: unknown): boolean {
  return (
    isBadRequest(thrown) ||
    hasCode(thrown, 'OPERATION_RESOLUTION_FAILURE') ||
    (thrown instanceof GraphQLError && (isRequestError(thrown) || isDocumentError(thrown)))
  );
}

/** Apollo Server's errors about persisted queries have an HTTP status but no code. */
function isBadRequest(error: unknown): boolean {
  return causes(error).some(({ extensions = {} }) => {
    const { http, code } = extensions as { http?: { status?: unknown }; code?: unknown };
    return code === undefined && http?.status === 400;
  });
}

/**
 * A request error (GraphQL, 7.1.2), such as too many errors in variables, is raised before any resolver is called.
 * Errors of resolvers have a path, and other failures have a cause.
 */
function isRequestError({ path, originalError, extensions }: GraphQLError): boolean {
  return path === undefined && originalError === undefined && extensions['code'] === undefined;
}

/**
 * graphql-js attaches the responsible part of the document to execution errors: for an invalid argument or directive
 * the value, variable or operation; for an invalid result of a resolver the field.
 */
function isDocumentError({ nodes, extensions }: GraphQLError): boolean {
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
