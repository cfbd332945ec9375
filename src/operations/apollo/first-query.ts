/** The query that the explorers show when they open. */
export interface FirstQuery {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers of all requests, including introspection; users cannot edit them in Apollo Sandbox. Default: none. */
  readonly sharedHeaders?: Readonly<Record<string, string>>;
}

/** The first query without demo data: it needs no id, only the user's token. */
export const DEFAULT_FIRST_QUERY: FirstQuery = {
  document: `# Everything that you may see. Put your token into the headers below.
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
