import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { RequestContext } from '../context.js';
import { pageHeaders } from './http/page-headers.js';

export interface HtmlPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

const LANDING_PAGE = 'https://apollo-server-landing-page.cdn.apollographql.com';
const SANDBOX = 'https://embeddable-sandbox.cdn.apollographql.com';
const FRAME = 'https://sandbox.embed.apollographql.com';

/** Apollo Sandbox, as Apollo Server renders it. */
export async function sandboxPage(apollo: ApolloServer<RequestContext>): Promise<HtmlPage> {
  const { body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'GET',
      headers: new HeaderMap([['accept', 'text/html']]),
      search: '',
      body: undefined,
    },
    context: () => Promise.reject(new Error('A page has no operation.')),
  });
  if (body.kind !== 'complete') throw new Error('Apollo Server rendered the page in parts.');
  const html = body.string;
  return { html, headers: headersOf(html) };
}

/** The page itself contains a content security policy with Apollo Server's nonce. Browsers apply both. */
function headersOf(html: string): HtmlPage['headers'] {
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
