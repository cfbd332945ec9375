import type {
  GraphQLRequestContextDidResolveOperation,
  GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { DemandControlConfig } from '../../config/demand-control.js';
import type { RequestContext } from '../../context.js';
import type { ErrorCode } from '../../error-codes.js';
import type { Logger } from '../../telemetry/logger.js';
import { shownName } from '../../telemetry/shown-name.js';
import type { HooksFor, OperationHooks } from '../apollo/hooks.js';
import type { CostEstimate } from './estimate.js';
import type { EstimateCost } from './operation-cost.js';

export interface DemandControlOptions {
  readonly estimateCost: EstimateCost;
  readonly limits: Pick<DemandControlConfig, 'maxVariableValues' | 'maxCost' | 'costMode'>;
  /** Hides costs from responses. */
  readonly production: boolean;
  readonly logger: Logger;
}

type Resolved = GraphQLRequestContextDidResolveOperation<RequestContext>;
type Response = GraphQLRequestContextWillSendResponse<RequestContext>;

/**
 * Rejects an operation above the cost limit before execution. The cost depends on the variables, so it is checked for each
 * request. Outside production, each response has it in `extensions.cost`.
 */
export function demandControlHooks(options: DemandControlOptions): HooksFor {
  if (!options.production) return () => new ReportingHooks(options);
  const hooks: OperationHooks = {
    didResolveOperation(request) {
      const { error } = check(request, options);
      if (error !== undefined) throw error;
    },
  };
  return () => hooks;
}

class ReportingHooks implements OperationHooks {
  readonly #options: DemandControlOptions;
  #cost: CostEstimate | undefined;

  constructor(options: DemandControlOptions) {
    this.#options = options;
  }

  didResolveOperation(request: Resolved): void {
    const { cost, error } = check(request, this.#options);
    this.#cost = cost;
    if (error !== undefined) throw error;
  }

  willSendResponse({ contextValue, response: { body } }: Response): void {
    if (this.#cost === undefined || body.kind !== 'single') return;
    const { cost, upstreamCalls } = this.#cost;
    body.singleResult.extensions = {
      ...body.singleResult.extensions,
      cost: {
        estimated: cost,
        max: this.#options.limits.maxCost,
        upstreamCalls: { estimated: upstreamCalls, made: contextValue.client.callsMade },
      },
    };
  }
}

interface Check {
  readonly cost?: CostEstimate;
  readonly error?: GraphQLError;
}

/** There is no operation if `operationName` names none, which execution rejects. */
function check(
  { document, operation, request, contextValue, operationName }: Resolved,
  { estimateCost, limits, logger }: DemandControlOptions,
): Check {
  if (operation === undefined) return {};
  const { maxCost, costMode } = limits;
  const cost = estimateCost({ document, operation, request, contextValue });
  if (cost.cost <= maxCost) return { cost };
  if (costMode === 'enforce') return { cost, error: tooExpensive(cost.cost, maxCost) };
  const { traceId } = contextValue.trace;
  logger.warn(
    { traceId, operationName: operationName && shownName(operationName), cost: cost.cost, maxCost },
    'An operation costs more than MAX_COST.',
  );
  return { cost };
}

function tooExpensive(estimated: number, max: number): GraphQLError {
  const code: ErrorCode = 'COST_LIMIT_EXCEEDED';
  return new GraphQLError(
    `The operation has an estimated cost of ${estimated}, which is ${estimated - max} more than the ${max} that are allowed (MAX_COST). Ask for smaller pages, or for less about each item.`,
    { extensions: { code, cost: { estimated, max }, http: { status: 400 } } },
  );
}
