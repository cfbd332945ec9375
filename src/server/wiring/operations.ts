import type { ApolloServer, ApolloServerPlugin } from '@apollo/server';
import type { ContextDeps, RequestContext } from '../../context.js';
import type { LiveUpdates } from '../../events/live-updates.js';
import { createSchema } from '../../graphql/schema.js';
import type { Admission } from '../../operations/admission.js';
import { createApollo } from '../../operations/apollo/apollo.js';
import type { Authenticate } from '../../operations/authenticate.js';
import { ByteBudget } from '../../operations/byte-budget.js';
import type { FirstQuery } from '../../operations/apollo/first-query.js';
import { LandingPage } from '../../operations/apollo/landing-page.js';
import { OperationObserver } from '../../operations/operation-observer.js';
import { OperationPipeline } from '../../operations/pipeline.js';
import { limitFailures } from '../../operations/rate-limits/auth-failures.js';
import { RateLimits } from '../../operations/rate-limits/rate-limits.js';
import type { Documents } from '../../operations/safelist/documents.js';
import { Subscriptions } from '../../operations/subscriptions/subscriptions.js';
import { IdempotencyKeys } from '../../upstream/state/idempotency-keys.js';
import type { Upstream } from '../../upstream/upstream.js';
import type { Basics } from './basics.js';

/** `MAX_REQUESTS_IN_FLIGHT` bounds requests up to this size. */
const USUAL_REQUEST_BYTES = 16 * 1024;
const MAX_LARGE_REQUEST_BYTES = 32 * 1024 * 1024;

export interface OperationsDeps {
  readonly upstream: Upstream;
  readonly live: LiveUpdates;
  readonly admission: Admission;
  readonly authenticate: Authenticate;
  readonly documents: Documents;
  readonly firstQuery: FirstQuery;
  readonly plugins: readonly ApolloServerPlugin<RequestContext>[];
}

export interface Operations {
  /** Not started yet. */
  readonly apollo: ApolloServer<RequestContext>;
  readonly subscriptions: Subscriptions;
  readonly pipeline: OperationPipeline;
  readonly landingPage: LandingPage;
}

/** The pipeline of all operations. */
export function createOperations(basics: Basics, deps: OperationsDeps): Operations {
  const { config, recorder, tracer, logger } = basics;
  const { admission, authenticate, documents, plugins } = deps;
  const landingPage = new LandingPage();
  const apollo = createApolloServer(basics, deps, landingPage);
  const context = contextDeps(basics, deps);
  const subscriptions = new Subscriptions({
    apollo,
    schema: createSchema(config),
    hideSuggestions: config.production,
    context,
    limits: config.streams,
    recorder,
    tracer,
    logger,
  });
  const pipeline = new OperationPipeline({
    apollo,
    subscriptions,
    plugins,
    admission,
    requestBytes: new ByteBudget(USUAL_REQUEST_BYTES, MAX_LARGE_REQUEST_BYTES),
    limits: config.demandControl,
    authenticate: limitFailures(authenticate, config.rateLimits.authFailuresPerMinute),
    maxBatchSize: config.maxBatchSize,
    resolveDocument: documents.resolve,
    context,
    observer: new OperationObserver({ recorder, tracer, logger, slowMs: config.telemetry.slowOperationMs }),
    logger,
  });
  return { apollo, subscriptions, pipeline, landingPage };
}

function createApolloServer(
  { config, sharedState, logger }: Basics,
  { firstQuery, plugins }: OperationsDeps,
  landingPage: LandingPage,
): ApolloServer<RequestContext> {
  return createApollo({
    production: config.production,
    federation: config.federation,
    landingPage,
    firstQuery,
    executor: config.graphqlExecution,
    maxDepth: config.maxDepth,
    demandControl: config.demandControl,
    rateLimits: new RateLimits({
      limits: config.rateLimits,
      createLimiter: (limit) => sharedState.rateLimiter(limit),
    }),
    logger,
    plugins,
  });
}

function contextDeps(
  { config, sharedState, recorder, now }: Basics,
  { upstream, live }: OperationsDeps,
): ContextDeps {
  return {
    client: upstream.client,
    idempotencyKeys: new IdempotencyKeys(sharedState.keys),
    live,
    requestTimeoutMs: config.requestTimeoutMs,
    logCalls: !config.production,
    recorder,
    now,
  };
}
