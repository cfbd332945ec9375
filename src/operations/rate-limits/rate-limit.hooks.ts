import { HeaderMap, type GraphQLResponse } from '@apollo/server';
import type { OperationDefinitionNode } from 'graphql';
import type { ErrorExtensions } from '../../graphql/errors/format-error.js';
import type { Logger } from '../../telemetry/logger.js';
import type { EstimateCost } from '../demand-control/operation-cost.js';
import type { HooksFor, OperationHooks } from '../hooks.js';
import { roleOf } from '../subscriptions/role.js';
import type { Exceeded, RateLimits } from './rate-limits.js';

export interface RateLimitHooksOptions {
  readonly limits: Pick<RateLimits, 'charge'>;
  readonly estimateCost: EstimateCost;
  readonly logger: Logger;
}

/**
 * Charges operations that have passed all checks, and rejects those that exceed a limit. A subscription is charged when it is
 * opened.
 */
export function rateLimitHooks(options: RateLimitHooksOptions): HooksFor {
  const { limits, estimateCost, logger } = options;
  const hooks: OperationHooks = {
    async responseForOperation({ contextValue, document, request, operation: named }) {
      // Despite its type, it is undefined if `operationName` names no operation, which execution rejects.
      const operation = named as OperationDefinitionNode | undefined;
      if (operation === undefined) return null;
      const { cost: estimated } = estimateCost({ contextValue, document, operation, request });
      // Every operation costs at least 1, even if its estimate is 0.
      const cost = Math.max(1, estimated);
      const exceeded = await limits.charge(contextValue, cost);
      if (exceeded === undefined) return null;
      const { traceId } = contextValue.trace;
      logger.debug({ traceId, cost, ...exceeded }, 'An operation exceeds a rate limit.');
      return responseTo(exceeded, cost);
    },
  };
  return ({ request }) => (roleOf(request)?.kind === 'event' ? undefined : hooks);
}

function responseTo({ of, limit, retryAfterSeconds }: Exceeded, cost: number): GraphQLResponse {
  const whose = of === 'principal' ? 'You' : 'Clients at your address';
  const message = `${whose} may ask for a cost of ${limit} in a minute, and less than the ${cost} of this operation is left. Nothing was done. Try again in ${retryAfterSeconds} s.`;
  const extensions: ErrorExtensions = { code: 'RATE_LIMITED', retryable: true, retryAfterSeconds };
  return {
    // RFC 6585, 4
    http: { status: 429, headers: new HeaderMap([['retry-after', String(retryAfterSeconds)]]) },
    body: { kind: 'single', singleResult: { errors: [{ message, extensions: { ...extensions } }] } },
  };
}
