import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { RequestContext } from '../context.js';
import type { LandingPage } from '../operations/apollo/landing-page.js';
import { sandboxHeaders } from './sandbox.js';

export interface HtmlPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the page of a plugin loads is for it to say, in the page. */
const PLUGIN_HEADERS: HtmlPage['headers'] = { 'content-security-policy': "frame-ancestors 'none'" };

/**
 * Renders the page for browsers, by Apollo Server; undefined if there is none. The default page is Apollo Sandbox.
 *
 * @throws Error if a plugin fails to render its page
 */
export function renderLandingPage(
  apollo: ApolloServer<RequestContext>,
  { source }: LandingPage,
): Promise<HtmlPage> | undefined {
  return source && render(apollo, source);
}

async function render(
  apollo: ApolloServer<RequestContext>,
  source: NonNullable<LandingPage['source']>,
): Promise<HtmlPage> {
  const { status = 200, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'GET',
      headers: new HeaderMap([['accept', 'text/html']]),
      search: '',
      body: undefined,
    },
    context: () => Promise.reject(new Error('A page has no operation.')),
  });
  if (status !== 200 || body.kind !== 'complete') throw new Error('Apollo Server could not render the page.');
  const html = body.string;
  return { html, headers: source === 'plugin' ? PLUGIN_HEADERS : sandboxHeaders(html) };
}
