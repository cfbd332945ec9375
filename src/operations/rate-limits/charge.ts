import { HeaderMap, type GraphQLRequest } from '@apollo/server';
import { getOperationAST, GraphQLError, type DocumentNode } from 'graphql';
import type { RequestContext } from '../../context.js';
import type { ErrorExtensions } from '../../graphql/errors/format-error.js';
import type { Logger } from '../../telemetry/logger.js';
import type { EstimateCost } from '../demand-control/operation-cost.js';
import type { Exceeded, RateLimits } from './rate-limits.js';

/** An operation that is executed next. */
export interface ChargedOperation {
  readonly contextValue: RequestContext;
  readonly document: DocumentNode;
  readonly request: Pick<GraphQLRequest, 'operationName' | 'variables'>;
}

/** Charges an operation. Returns its error if it exceeds a limit, so that it must not be executed. */
export type Charge = (operation: ChargedOperation) => Promise<GraphQLError | undefined>;

export interface ChargeOptions {
  readonly limits: Pick<RateLimits, 'charge'>;
  readonly estimateCost: EstimateCost;
  readonly logger: Logger;
}

/**
 * Call it after all hooks that can reject an operation, or respond instead, so that nothing is charged for those. A subscription is
 * charged when it is opened.
 */
export function createCharge({ limits, estimateCost, logger }: ChargeOptions): Charge {
  return async ({ contextValue, document, request }) => {
    const operation = getOperationAST(document, request.operationName);
    // Execution rejects an `operationName` that names no operation.
    if (!operation) return undefined;
    const { cost: estimated } = estimateCost({ contextValue, document, operation, request });
    // Every operation costs at least 1, even if its estimate is 0.
    const cost = Math.max(1, estimated);
    const exceeded = await limits.charge(contextValue, cost);
    if (exceeded === undefined) return undefined;
    const { traceId } = contextValue.trace;
    logger.debug({ traceId, cost, ...exceeded }, 'An operation exceeds a rate limit.');
    return errorOf(exceeded, cost);
  };
}

function errorOf({ of, limit, retryAfterSeconds }: Exceeded, cost: number): GraphQLError {
  const whose = of === 'principal' ? 'You' : 'Clients at your address';
  const message = `${whose} may ask for a cost of ${limit} in a minute, and less than the ${cost} of this operation is left. Nothing was done. Try again in ${retryAfterSeconds} s.`;
  const extensions: ErrorExtensions = { code: 'RATE_LIMITED', retryable: true, retryAfterSeconds };
  // RFC 6585, 4
  const http = { status: 429, headers: new HeaderMap([['retry-after', String(retryAfterSeconds)]]) };
  return new GraphQLError(message, { extensions: { ...extensions, http } });
}
