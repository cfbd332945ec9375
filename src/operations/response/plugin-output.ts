import { validateHeaderName, validateHeaderValue } from 'node:http';
import { HeaderMap, type GraphQLResponse } from '@apollo/server';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';

/** The headers that say where a response ends, and how to decode it (RFC 9112, 6; RFC 9110, 6.6.2 and 8.4). */
const FRAMING: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'trailer',
  'content-encoding',
]);
/** RFC 9110, 15.3.5, 15.3.6 and 15.4.5 */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** @throws Error if a response with a result cannot have this header */
export function checkHeader(name: string, value: string): void {
  validateHeaderName(name);
  validateHeaderValue(name, value);
  if (FRAMING.has(name.toLowerCase())) throw new Error(`The header ${name} is not for plugins to set.`);
}

/** @throws Error if a response with a result cannot have this status */
export function checkStatus(status: number): void {
  if (!Number.isInteger(status) || status < 200 || status > 599 || WITHOUT_BODY.has(status)) {
    throw new Error(`A response with a result cannot have the status ${status}.`);
  }
}

export interface ValidResponse {
  readonly valid: GraphQLResponse;
  /** What was left out, e.g. `the status 204`. */
  readonly leftOut: readonly string[];
}

/** A response without what plugins have set and HTTP or JSON does not allow. @param hasHead whether status and headers are sent */
export function validResponse({ http, body }: GraphQLResponse, hasHead: boolean): ValidResponse {
  const leftOut: string[] = [];
  const keeps = (part: string, check: () => unknown): boolean => {
    try {
      check();
      return true;
    } catch {
      leftOut.push(part);
      return false;
    }
  };
  const result = ({ errors, data, extensions }: FormattedExecutionResult): FormattedExecutionResult => ({
    ...(errors && {
      errors: errors.map((error) =>
        keeps('the extensions of an error', () => JSON.stringify(error)) ? error : withoutExtensions(error),
      ),
    }),
    ...(data !== undefined && { data }),
    ...(extensions &&
      keeps('the extensions of the result', () => JSON.stringify(extensions)) && { extensions }),
  });
  const headers = [...http.headers].filter(
    ([name, value]) => hasHead && keeps(`the header ${JSON.stringify(name)}`, () => checkHeader(name, value)),
  );
  const { status } = http;
  const isValid =
    hasHead && status !== undefined && keeps(`the status ${String(status)}`, () => checkStatus(status));
  const valid: GraphQLResponse = {
    http: { headers: new HeaderMap(headers), ...(isValid && { status }) },
    body: body.kind === 'single' ? { kind: 'single', singleResult: result(body.singleResult) } : body,
  };
  return { valid, leftOut };
}

function withoutExtensions({ message, locations, path }: GraphQLFormattedError): GraphQLFormattedError {
  return {
    message,
    ...(locations && { locations }),
    ...(path && { path }),
  };
}
