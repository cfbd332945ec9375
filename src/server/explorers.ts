import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { FastifyInstance } from 'fastify';

/** What the explorers show at first. */
export interface FirstQuery {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** The first query where no demo data is known: it needs no id, and a token of the reader's own. */
export const PLAIN_FIRST_QUERY: FirstQuery = {
  document: `# Everything you may see. Put your token into the headers below.
query Accounts {
  accounts {
    id
    name
    projects(first: 3) {
      nodes {
        id
        name
        status
      }
    }
  }
}
`,
  variables: {},
  headers: { Authorization: 'Bearer <your token>' },
};

/** Serves GraphiQL at `/graphiql`, one page that works without internet, and leads `/` to Apollo Sandbox. */
export function serveExplorers(app: FastifyInstance, { document, variables, headers }: FirstQuery): void {
  const page = renderGraphiQL({
    title: 'Fieldgate',
    endpoint: '/graphql',
    headers: JSON.stringify(headers, null, 2),
    defaultTabs: [
      {
        query: document,
        variables: JSON.stringify(variables, null, 2),
        headers: JSON.stringify(headers, null, 2),
      },
    ],
  });
  app.get('/graphiql', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  app.get('/', (_request, reply) => reply.redirect('/graphql'));
}
