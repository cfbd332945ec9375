import type {
  ApolloServerPlugin,
  GraphQLRequestContextDidResolveOperation,
  GraphQLRequestContextWillSendResponse,
  GraphQLRequestListener,
} from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { DemandControlConfig } from '../../config/demand-control.js';
import type { RequestContext } from '../../context.js';
import type { ErrorCode } from '../../errors.js';
import type { Logger } from '../../telemetry/logger.js';
import { shownName } from '../../telemetry/shown-name.js';
import type { CostEstimate } from './estimate.js';
import type { EstimateCost } from './operation-cost.js';
import { countValues } from './variable-values.js';

export interface DemandControlOptions {
  readonly estimateCost: EstimateCost;
  readonly limits: Pick<DemandControlConfig, 'maxVariableValues' | 'maxCost' | 'costMode'>;
  /** Hides costs from responses. */
  readonly production: boolean;
  readonly logger: Logger;
}

const DONE = Promise.resolve();

type Resolved = GraphQLRequestContextDidResolveOperation<RequestContext>;
type Response = GraphQLRequestContextWillSendResponse<RequestContext>;

/**
 * Rejects an operation above the cost limit before execution. The cost depends on the variables, so it is checked for each
 * request. Outside production, each response has it in `extensions.cost`.
 */
export function demandControlPlugin(options: DemandControlOptions): ApolloServerPlugin<RequestContext> {
  if (!options.production) return { requestDidStart: () => Promise.resolve(new ReportingListener(options)) };
  const listener = Promise.resolve({
    didResolveOperation(request: Resolved): Promise<void> {
      const { error } = check(request, options);
      return error === undefined ? DONE : Promise.reject(error);
    },
  });
  return { requestDidStart: () => listener };
}

class ReportingListener implements GraphQLRequestListener<RequestContext> {
  readonly #options: DemandControlOptions;
  #cost: CostEstimate | undefined;

  constructor(options: DemandControlOptions) {
    this.#options = options;
  }

  didResolveOperation(request: Resolved): Promise<void> {
    const { cost, error } = check(request, this.#options);
    this.#cost = cost;
    return error === undefined ? DONE : Promise.reject(error);
  }

  willSendResponse({ contextValue, response: { body } }: Response): Promise<void> {
    if (this.#cost === undefined || body.kind !== 'single') return DONE;
    const { cost, upstreamCalls } = this.#cost;
    body.singleResult.extensions = {
      ...body.singleResult.extensions,
      cost: {
        estimated: cost,
        max: this.#options.limits.maxCost,
        upstreamCalls: { estimated: upstreamCalls, made: contextValue.client.callsMade },
      },
    };
    return DONE;
  }
}

interface Check {
  readonly cost?: CostEstimate;
  readonly error?: GraphQLError;
}

/** The document of a rejected operation is empty. */
function check(
  { document, operation, request, contextValue, operationName }: Resolved,
  { estimateCost, limits, logger }: DemandControlOptions,
): Check {
  if (operation === undefined) return {};
  const { maxVariableValues, maxCost, costMode } = limits;
  const { variables } = request;
  if (variables !== undefined && countValues(variables, maxVariableValues) > maxVariableValues) {
    return { error: tooManyValues(maxVariableValues) };
  }
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

function tooManyValues(limit: number): GraphQLError {
  const code: ErrorCode = 'BAD_USER_INPUT';
  return new GraphQLError(
    `The variables have more than ${limit} values, those inside lists and objects included. No more are allowed (MAX_VARIABLE_VALUES).`,
    { extensions: { code, http: { status: 400 } } },
  );
}

function tooExpensive(estimated: number, max: number): GraphQLError {
  const code: ErrorCode = 'COST_LIMIT_EXCEEDED';
  return new GraphQLError(
    `The operation has an estimated cost of ${estimated}, which is ${estimated - max} more than the ${max} that are allowed (MAX_COST). Ask for smaller pages, or for less about each item.`,
    { extensions: { code, cost: { estimated, max }, http: { status: 400 } } },
  );
}
