import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../../config.js';
import type { DemandControlConfig } from '../../config/demand-control.js';
import type { RequestContext } from '../../context.js';
import { createFormatError } from '../../graphql/errors/format-error.js';
import { createSchema } from '../../graphql/schema.js';
import { createExecutor } from '../../lib/executor/executor.js';
import type { Logger } from '../../telemetry/logger.js';
import { CostEstimator } from '../demand-control/cost-estimator.js';
import { demandControlHooks } from '../demand-control/demand-control.hooks.js';
import { estimateBy, estimateOnce, type EstimateCost } from '../demand-control/operation-cost.js';
import { batchHooks } from './batch.hooks.js';
import { callLogHooks } from './call-log.hooks.js';
import { MAX_TOKENS, type DocumentLimits } from '../documents/document-limits.js';
import { documentLimitsRule } from '../documents/document-limits.rule.js';
import { createDocumentStore, createPersistedQueryStore } from '../documents/document-store.js';
import { documentsHooks } from '../documents/documents.hooks.js';
import { errorExtensionsHooks } from './error-extensions.hooks.js';
import { executorGateway, graphqlJs } from './executor-gateway.js';
import type { FirstQuery } from './first-query.js';
import { hooksPlugin } from './hooks.js';
import type { LandingPage } from './landing-page.js';
import { createCharge, type Charge } from '../rate-limits/charge.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import { operationInfoHooks } from './operation-info.hooks.js';
import { recordedPlugin } from '../subscriptions/recorded-plugin.js';
import { openingHooks, subscriptionRulesHooks } from '../subscriptions/subscription.hooks.js';
import { unconditionalRootRule } from '../subscriptions/unconditional-root.rule.js';

export interface ApolloOptions {
  /** Introspection and field suggestions are off, and so is Apollo Sandbox. */
  readonly production: boolean;
  /** Whether the schema is a subgraph of Apollo Federation 2. */
  readonly federation: boolean;
  readonly landingPage: LandingPage;
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
  const { production, federation, executor, maxDepth, demandControl, logger } = options;
  const documentLimits = { maxDepth, maxTokens: MAX_TOKENS };
  const schema = createSchema({ federation });
  const hideSuggestions = production;
  const reference = graphqlJs(schema, hideSuggestions);
  const charging = chargingBy(options, schema);
  return new ApolloServer<RequestContext>({
    gateway: executorGateway(
      schema,
      executor === 'planned' ? createExecutor(schema, { hideSuggestions }) : reference,
      reference,
      charging.charge,
    ),
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    validationOptions: { hideSuggestions },
    validationRules: [documentLimitsRule({ ...documentLimits, ...demandControl }), unconditionalRootRule],
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: MAX_TOKENS },
    // `documentsHooks` keeps the documents.
    documentStore: null,
    persistedQueries: { cache: createPersistedQueryStore() },
    logger,
    formatError: createFormatError({
      onDefect: (error) => {
        logger.error({ err: error }, 'A resolver failed unexpectedly.');
      },
    }),
    plugins: pluginsOf(options, documentLimits, charging),
  });
}

interface Charging {
  readonly estimateCost: EstimateCost;
  /** Undefined if there is no rate limit. */
  readonly charge: Charge | undefined;
}

function chargingBy({ rateLimits, logger }: ApolloOptions, schema: GraphQLSchema): Charging {
  const estimate = estimateBy(new CostEstimator(schema));
  if (!rateLimits.isLimited) return { estimateCost: estimate, charge: undefined };
  // Demand control checks the cost that rate limits charge.
  const estimateCost = estimateOnce(estimate);
  return { estimateCost, charge: createCharge({ limits: rateLimits, estimateCost, logger }) };
}

/** The plugins, in the order in which Apollo Server calls their hooks. */
function pluginsOf(
  options: ApolloOptions,
  documentLimits: DocumentLimits,
  { estimateCost, charge }: Charging,
): ApolloServerPlugin<RequestContext>[] {
  const { production, landingPage, firstQuery, demandControl, logger, plugins } = options;
  return [
    ApolloServerPluginCacheControlDisabled(),
    // Apollo Server would enable it for a subgraph. It returns the timing of each resolver to any client that asks for it.
    ApolloServerPluginInlineTraceDisabled(),
    // Apollo Server would show its own page in production.
    ApolloServerPluginLandingPageDisabled(),
    ...(production ? [] : [landingPage.default(sandbox(firstQuery))]),
    hooksPlugin([
      batchHooks,
      // First, because the others may reject the operation.
      operationInfoHooks,
      subscriptionRulesHooks,
      errorExtensionsHooks,
      documentsHooks(createDocumentStore(), documentLimits),
      demandControlHooks({ estimateCost, limits: demandControl, production, logger }),
      ...(production ? [] : [callLogHooks]),
    ]),
    ...plugins.map((plugin) => landingPage.watched(recordedPlugin(plugin))),
    hooksPlugin([openingHooks(charge)]),
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
