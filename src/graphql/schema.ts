import 'reflect-metadata';
import { specifiedDirectives, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { AccountResolver } from './account/account.resolver.js';
import { authChecker } from './auth-checker.js';
import { ChangelogActorResolver, ChangelogResolver } from './changelog/changelog.resolver.js';
import { CompletesResolver } from './completes/completes.resolver.js';
import { costDirective, listSizeDirective } from './cost/cost.directives.js';
import { COSTS } from './cost/cost.table.js';
import { applyCosts } from './cost/cost.js';
import { BatchJobMutations } from './batch-job/batch-job.mutations.js';
import {
  BatchJobResolver,
  FailedTargetGroupResolver,
  UpdatedTargetGroupResolver,
} from './batch-job/batch-job.resolver.js';
import { DraftLaunchJobMutations } from './draft-launch-job/draft-launch-job.mutations.js';
import { DraftLaunchJobResolver } from './draft-launch-job/draft-launch-job.resolver.js';
import { InvalidStateErrorResolver, VersionConflictErrorResolver } from './errors/user-error.resolver.js';
import { IdempotencyConflictError, NotFoundError, ValidationError } from './errors/user-error.type.js';
import { subgraphSchema } from './federation/subgraph-schema.js';
import { FieldingRunMutations } from './fielding-run/fielding-run.mutations.js';
import { FieldingRunResolver } from './fielding-run/fielding-run.resolver.js';
import { FieldingRunSubscriptions } from './fielding-run/fielding-run.subscriptions.js';
import { BatchJobSubscriptions } from './batch-job/batch-job.subscriptions.js';
import { DraftLaunchJobSubscriptions } from './draft-launch-job/draft-launch-job.subscriptions.js';
import { TargetGroupSubscriptions } from './target-group/target-group.subscriptions.js';
import { NodeResolver } from './node/node.resolver.js';
import { ProjectResolver } from './project/project.resolver.js';
import { readProperties } from './properties.js';
import { TargetGroupByRawIdResolver } from './target-group/target-group.by-raw-id.js';
import { TargetGroupPerformanceResolver } from './target-group-performance/target-group-performance.resolver.js';
import { TransitionsResolver } from './transitions/transitions.resolver.js';
import { TargetGroupResolver } from './target-group/target-group.resolver.js';

/** type-graphql requires a pub/sub if there are subscriptions, but all of these have a `subscribe` function. */
const NO_TOPICS: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('No subscription has topics.');
  },
};

export interface SchemaOptions {
  /** Whether the schema is a subgraph of Apollo Federation 2. Default: false. */
  readonly federation?: boolean;
}

let schema: GraphQLSchema | undefined;
let subgraph: GraphQLSchema | undefined;

/** The executable schema, made from the type-graphql classes. It is stateless, and built once per process. */
export function createSchema({ federation = false }: SchemaOptions = {}): GraphQLSchema {
  return federation ? (subgraph ??= subgraphSchema(ownSchema())) : ownSchema();
}

function ownSchema(): GraphQLSchema {
  schema ??= applyCosts(
    readProperties(
      buildSchemaSync({
        resolvers: [
          NodeResolver,
          AccountResolver,
          ProjectResolver,
          TargetGroupResolver,
          TargetGroupByRawIdResolver,
          TargetGroupPerformanceResolver,
          CompletesResolver,
          ChangelogActorResolver,
          ChangelogResolver,
          TransitionsResolver,
          FieldingRunResolver,
          FieldingRunMutations,
          BatchJobResolver,
          BatchJobMutations,
          UpdatedTargetGroupResolver,
          FailedTargetGroupResolver,
          DraftLaunchJobResolver,
          DraftLaunchJobMutations,
          FieldingRunSubscriptions,
          BatchJobSubscriptions,
          DraftLaunchJobSubscriptions,
          TargetGroupSubscriptions,
          VersionConflictErrorResolver,
          InvalidStateErrorResolver,
        ],
        // Reachable only through the interface `UserError`.
        orphanedTypes: [NotFoundError, ValidationError, IdempotencyConflictError],
        directives: [...specifiedDirectives, costDirective, listSizeDirective],
        authChecker,
        pubSub: NO_TOPICS,
        validate: false,
        // Apollo Server validates the schema at startup, and so does a test.
        skipCheck: true,
      }),
    ),
    COSTS,
  );
  return schema;
}
