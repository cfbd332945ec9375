import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

type Sources = readonly string[];

/** The sources that a page may load, by CSP directive in camel case. The default is none. */
type PageSources = Readonly<Record<string, Sources>>;

const NOTHING_ELSE: PageSources = {
  defaultSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/**
 * The headers of a page, by Helmet. They are computed once per page and not for each request, so that GraphQL responses cost
 * nothing; `@fastify/helmet` would have hooks for each request.
 */
export function pageHeaders(sources: PageSources): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  const response = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  const setHeaders = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { ...NOTHING_ELSE, ...sources } },
    // Apollo Sandbox opens a window for its login.
    crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    frameguard: { action: 'deny' },
    // The proxy that terminates TLS sets it.
    strictTransportSecurity: false,
  });
  setHeaders({} as IncomingMessage, response as unknown as ServerResponse, () => undefined);
  return headers;
}

/** The sources that allow the inline scripts of a page, and no others (CSP 3, 6.7.2.3). */
export function inlineScripts(page: string): Sources {
  return [...page.matchAll(/<script>([^]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${hash('sha256', script, 'base64')}'`,
  );
}
