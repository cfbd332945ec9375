const { GRAPHQL_EXECUTION } = process.env;

/** The environment variables that select the executor. CI runs the tests with both. */
export const executor: Readonly<Record<string, string>> =
  GRAPHQL_EXECUTION === undefined ? {} : { GRAPHQL_EXECUTION };
