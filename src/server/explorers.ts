import type { FastifyInstance } from 'fastify';
import type { FirstQuery } from '../operations/apollo/first-query.js';
import { inlineScripts, pageHeaders } from './http/page-headers.js';

/** Serves GraphiQL at `/graphiql`, one page that works without internet, and redirects `/` to Apollo Sandbox. */
export function serveExplorers(app: FastifyInstance, firstQuery: FirstQuery): void {
  app.get<{ Querystring: { query?: string } }>('/graphiql', async (request, reply) => {
    const html = await graphiql(firstQuery, request.query.query);
    return reply.headers(headersOf(html)).type('text/html; charset=utf-8').send(html);
  });
  app.get('/', (_request, reply) => reply.redirect('/graphql'));
}

/** The page is self-contained: its editor creates workers from inline text, and writes styles. */
function headersOf(html: string): Readonly<Record<string, string>> {
  return pageHeaders({
    scriptSrc: [...inlineScripts(html)],
    workerSrc: ['blob:'],
    styleSrc: ["'unsafe-inline'"],
    fontSrc: ['data:'],
    imgSrc: ['data:'],
    connectSrc: ["'self'"],
  });
}

/** @param edited the query in the address, where GraphiQL keeps its editor's contents; it is shown instead of `document` */
async function graphiql({ document, variables, headers }: FirstQuery, edited?: string): Promise<string> {
  // The page is megabytes of inlined script, so it is loaded on demand.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const json = (value: unknown) => JSON.stringify(value, null, 2);
  const options = {
    title: 'Fieldgate',
    endpoint: '/graphql',
    headers: json(headers),
    // The page reads this option, which its type does not declare.
    variables: json(variables),
    ...(edited === undefined && { query: document }),
  };
  return renderGraphiQL(options);
}
