import { forwardedPrincipal, type Principal } from '../../auth/principal.js';
import type { Caller } from '../../context.js';
import { continueTrace } from '../../telemetry/trace-context.js';
import { Cancellation } from '../../upstream/http/cancellation.js';
import type { Exchange } from '../http/exchange.js';

/** Who sent a request, within which trace, and whether they are still there. */
export function callerOf(exchange: Exchange): Caller {
  const { connection, fields } = exchange;
  const gone = new Cancellation();
  exchange.onOver((answered) => {
    if (!answered) gone.cancel();
  });
  return {
    principal: principalOn(connection, fields.authorization),
    trace: continueTrace(fields.traceparent, fields.tracestate),
    gone,
  };
}

/** A connection carries the same credential again and again as a rule: it is told from others once. */
const lastPrincipals = new WeakMap<object, Principal>();

function principalOn(connection: object, authorization: string | undefined): Principal {
  const last = lastPrincipals.get(connection);
  if (last !== undefined && last.authorization === authorization) return last;
  const principal = forwardedPrincipal(authorization);
  lastPrincipals.set(connection, principal);
  return principal;
}
