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
export function serveExplorers(app: FastifyInstance, firstQuery: FirstQuery): void {
  app.get<{ Querystring: { query?: string } }>('/graphiql', async (request, reply) =>
    reply.type('text/html; charset=utf-8').send(await graphiql(firstQuery, request.query.query)),
  );
  app.get('/', (_request, reply) => reply.redirect('/graphql'));
}

/** @param edited what the address holds: GraphiQL writes there what is in its editor, and reads it unless it is told a query */
async function graphiql({ document, variables, headers }: FirstQuery, edited?: string): Promise<string> {
  // Megabytes of inlined page, loaded when somebody asks for it.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const json = (value: unknown) => JSON.stringify(value, null, 2);
  const options = {
    title: 'Fieldgate',
    endpoint: '/graphql',
    headers: json(headers),
    // The page takes it, though the type of the options does not name it.
    variables: json(variables),
    ...(edited === undefined && { query: document }),
  };
  return renderGraphiQL(options);
}
