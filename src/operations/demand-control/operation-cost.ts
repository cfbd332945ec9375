import type { GraphQLRequest } from '@apollo/server';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { RequestContext } from '../../context.js';
import type { CostEstimator } from './cost-estimator.js';
import type { CostEstimate } from './estimate.js';

/** An operation as plugins get it. Each execution has its own context object. */
export interface CostedRequest {
  readonly contextValue: RequestContext;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly request: Pick<GraphQLRequest, 'variables'>;
}

/** Estimates the cost of a request's operation. */
export type EstimateCost = (request: CostedRequest) => CostEstimate;

export function estimateBy(estimator: Pick<CostEstimator, 'estimate'>): EstimateCost {
  return ({ document, operation, request }) => estimator.estimate(document, operation, request.variables);
}

/** Estimates the cost of each request once for several plugins. */
export function estimateOnce(estimateCost: EstimateCost): EstimateCost {
  const estimates = new WeakMap<RequestContext, CostEstimate>();
  return (request) => {
    let estimate = estimates.get(request.contextValue);
    if (estimate === undefined) {
      estimate = estimateCost(request);
      estimates.set(request.contextValue, estimate);
    }
    return estimate;
  };
}
