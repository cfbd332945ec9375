import { pageHeaders } from './http/page-headers.js';

const LANDING_PAGE = 'https://apollo-server-landing-page.cdn.apollographql.com';
const SANDBOX = 'https://embeddable-sandbox.cdn.apollographql.com';
const FRAME = 'https://sandbox.embed.apollographql.com';

/**
 * The headers of Apollo Sandbox. The page itself contains a content security policy with Apollo Server's nonce. Browsers apply both.
 */
export function sandboxHeaders(html: string): Readonly<Record<string, string>> {
  const [, nonce] = /<script nonce="([\da-f]+)"/.exec(html) ?? [];
  if (nonce === undefined) throw new Error('Apollo Server rendered a page without a nonce.');
  return pageHeaders({
    scriptSrc: [`'nonce-${nonce}'`, SANDBOX],
    styleSrc: [`'nonce-${nonce}'`, SANDBOX, 'https://fonts.googleapis.com'],
    fontSrc: ['https://fonts.gstatic.com'],
    imgSrc: [LANDING_PAGE],
    manifestSrc: [LANDING_PAGE],
    frameSrc: [FRAME],
    // The page sends the operations of the frame.
    connectSrc: ["'self'"],
  });
}
