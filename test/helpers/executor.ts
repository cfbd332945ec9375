const { GRAPHQL_EXECUTION } = process.env;

/** Which executor gateways are to have, for their environment: CI runs the tests with each of the two. */
export const executor: Readonly<Record<string, string>> =
  GRAPHQL_EXECUTION === undefined ? {} : { GRAPHQL_EXECUTION };
