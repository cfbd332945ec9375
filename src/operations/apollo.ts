import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.js';
import type { DemandControlConfig } from '../config/demand-control.js';
import type { RequestContext } from '../context.js';
import { errorExtensionsPlugin } from '../graphql/errors/error-extensions.plugin.js';
import { createFormatError } from '../graphql/errors/format-error.js';
import { createSchema } from '../graphql/schema.js';
import { createExecutor } from '../lib/executor/executor.js';
import type { Logger } from '../telemetry/logger.js';
import { CostEstimator } from './demand-control/cost-estimator.js';
import { demandControlPlugin } from './demand-control/demand-control.plugin.js';
import { estimateBy, estimateOnce } from './demand-control/operation-cost.js';
import { callLogPlugin } from './call-log.plugin.js';
import { createDocumentStore, createPersistedQueryStore } from './document-store.js';
import { documentsPlugin } from './documents.plugin.js';
import { executorGateway, graphqlJs } from './executor-gateway.js';
import type { FirstQuery } from './first-query.js';
import { rateLimitPlugin } from './rate-limits/rate-limit.plugin.js';
import type { RateLimits } from './rate-limits/rate-limits.js';
import { operationInfoPlugin } from './operation-info.plugin.js';
import { recordedPlugin } from './subscriptions/recorded-plugin.js';
import { openingPlugin, subscriptionRulesPlugin } from './subscriptions/subscription.plugins.js';
import { unconditionalRootRule } from './subscriptions/unconditional-root.rule.js';

/** The most tokens of a document, which limits the cost of parsing and validating it. */
export const MAX_TOKENS = 15_000;

export interface ApolloOptions {
  /** Introspection and field suggestions are off, and so is Apollo Sandbox. */
  readonly production: boolean;
  /** Whether the schema is a subgraph of Apollo Federation 2. */
  readonly federation: boolean;
  readonly firstQuery: FirstQuery;
  readonly executor: Config['graphqlExecution'];
  /** The most levels of fields in an operation. */
  readonly maxDepth: number;
  /** How much one operation may ask for. */
  readonly demandControl: DemandControlConfig;
  readonly rateLimits: RateLimits;
  readonly logger: Logger;
  /** Additional plugins. Their hooks are called for every operation on every transport. */
  readonly plugins: readonly ApolloServerPlugin<RequestContext>[];
}

/** Creates the GraphQL server, which is not started yet. */
export function createApollo(options: ApolloOptions): ApolloServer<RequestContext> {
  const { production, federation, executor, logger } = options;
  const schema = createSchema({ federation });
  const hideSuggestions = production;
  const reference = graphqlJs(schema, hideSuggestions);
  return new ApolloServer<RequestContext>({
    gateway: executorGateway(
      schema,
      executor === 'planned' ? createExecutor(schema, { hideSuggestions }) : reference,
      reference,
    ),
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    validationOptions: { hideSuggestions },
    validationRules: [unconditionalRootRule],
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: MAX_TOKENS },
    // `documentsPlugin` keeps the documents.
    documentStore: null,
    persistedQueries: { cache: createPersistedQueryStore() },
    logger,
    formatError: createFormatError({
      onDefect: (error) => {
        logger.error({ err: error }, 'A resolver failed unexpectedly.');
      },
    }),
    plugins: pluginsOf(options, schema),
  });
}

/** The plugins, in the order in which Apollo Server calls their hooks. */
function pluginsOf(options: ApolloOptions, schema: GraphQLSchema): ApolloServerPlugin<RequestContext>[] {
  const { production, firstQuery, maxDepth, demandControl, rateLimits, logger, plugins } = options;
  const estimate = estimateBy(new CostEstimator(schema));
  // Demand control checks the cost that rate limits charge.
  const estimateCost = rateLimits.isLimited ? estimateOnce(estimate) : estimate;
  return [
    ApolloServerPluginCacheControlDisabled(),
    // Apollo Server would enable it for a subgraph. It returns the timing of each resolver to any client that asks for it.
    ApolloServerPluginInlineTraceDisabled(),
    production ? ApolloServerPluginLandingPageDisabled() : sandbox(firstQuery),
    subscriptionRulesPlugin,
    operationInfoPlugin,
    errorExtensionsPlugin,
    documentsPlugin<RequestContext>(createDocumentStore(), {
      maxDepth,
      maxTokens: MAX_TOKENS,
      ...demandControl,
    }),
    demandControlPlugin({ estimateCost, limits: demandControl, production, logger }),
    ...(rateLimits.isLimited ? [rateLimitPlugin({ limits: rateLimits, estimateCost, logger })] : []),
    ...(production ? [] : [callLogPlugin]),
    ...plugins.map(recordedPlugin),
    openingPlugin,
  ];
}

function sandbox({ document, variables, headers, sharedHeaders }: FirstQuery): ApolloServerPlugin {
  return ApolloServerPluginLandingPageLocalDefault({
    footer: false,
    includeCookies: false,
    document,
    variables: { ...variables },
    headers: { ...headers },
    embed: { initialState: { ...(sharedHeaders && { sharedHeaders: { ...sharedHeaders } }) } },
  });
}
