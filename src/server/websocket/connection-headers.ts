import { validateHeaderName, validateHeaderValue, type IncomingHttpHeaders } from 'node:http';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Headers of the connection, which do not apply to its operations. */
const OF_CONNECTION = /^(?:connection|upgrade|host|content-length|transfer-encoding|sec-websocket-.*)$/;

/** The headers of an upgrade that also belong to each operation on its connection. */
export function operationHeaders(headers: IncomingHttpHeaders): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.test(name)));
}

/**
 * The headers of operations: those of the upgrade, and those in `connectionParams` or its member `headers`, where browsers have
 * to put theirs. Names are case-insensitive. Headers of the upgrade take precedence, because a proxy may have set them.
 */
export function withConnectionParams(
  headers: Headers,
  params: Readonly<Record<string, unknown>> | undefined,
): Headers {
  if (params === undefined) return headers;
  const { headers: nested, ...members } = params;
  return { ...headersIn(members), ...headersIn(nested), ...headers };
}

function headersIn(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  const headers: Record<string, string> = {};
  for (const [given, value] of Object.entries(params)) {
    const name = given.toLowerCase();
    if (typeof value === 'string' && isHeader(name, value) && !OF_CONNECTION.test(name))
      headers[name] = value;
  }
  return headers;
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
