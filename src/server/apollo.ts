import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { execute } from 'graphql';
import type { Config } from '../config.js';
import type { RequestContext } from '../context.js';
import { createFormatError } from '../graphql/errors/format-error.js';
import { mutationErrorsPlugin } from '../graphql/errors/mutation-errors.plugin.js';
import { traceIdPlugin } from '../graphql/errors/trace-id.plugin.js';
import { createSchema } from '../graphql/schema.js';
import { createExecutor } from '../lib/executor/executor.js';
import { createPersistedQueryStore } from './operations/document-store.js';
import { Execution } from './operations/execution.js';
import type { Logger } from '../telemetry/logger.js';
import type { FirstQuery } from './explorers.js';

/** The most tokens of a document: a limit on what parsing and validating it can cost. */
const MAX_TOKENS = 15_000;

export interface ApolloOptions {
  /** Introspection and field suggestions are off, and so is Apollo Sandbox. */
  readonly production: boolean;
  readonly firstQuery: FirstQuery;
  readonly executor: Config['graphqlExecution'];
  /** The most levels of fields in an operation. */
  readonly maxDepth: number;
  readonly logger: Logger;
}

/** The GraphQL server, not started yet, and what executes its operations. */
export function createApollo({ production, firstQuery, executor, maxDepth, logger }: ApolloOptions): {
  readonly apollo: ApolloServer<RequestContext>;
  readonly execution: Execution;
} {
  const schema = createSchema();
  const hideSuggestions = production;
  const execution = new Execution(
    schema,
    executor === 'planned'
      ? createExecutor(schema, { hideSuggestions })
      : (operation) => execute({ schema, hideSuggestions, ...operation }),
    { maxDepth, maxTokens: MAX_TOKENS },
  );
  const apollo = new ApolloServer<RequestContext>({
    gateway: execution.gateway,
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    validationOptions: { hideSuggestions },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: MAX_TOKENS },
    // `execution` keeps the documents.
    documentStore: null,
    persistedQueries: { cache: createPersistedQueryStore() },
    logger,
    formatError: createFormatError({
      onDefect: (error) => {
        logger.error({ err: error }, 'A resolver failed in a way that nobody foresaw.');
      },
    }),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      production ? ApolloServerPluginLandingPageDisabled() : sandbox(firstQuery),
      traceIdPlugin<RequestContext>(),
      mutationErrorsPlugin<RequestContext>(),
      execution.plugin,
    ],
  });
  return { apollo, execution };
}

function sandbox({ document, variables, headers }: FirstQuery): ApolloServerPlugin {
  return ApolloServerPluginLandingPageLocalDefault({
    footer: false,
    includeCookies: false,
    document,
    variables: { ...variables },
    headers: { ...headers },
  });
}
