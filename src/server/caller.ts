import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { forwardedPrincipal, type Principal } from '../auth/principal.js';
import type { Caller } from '../context.js';
import { continueTrace } from '../telemetry/trace-context.js';
import { Cancellation } from '../upstream/cancellation.js';

/** Who sent a request, within which trace, and whether they are still there. */
export function callerOf({ headers, socket }: IncomingMessage, response: ServerResponse): Caller {
  const gone = new Cancellation();
  response.on('close', () => {
    if (!response.writableFinished) gone.cancel();
  });
  return {
    principal: principalOn(socket, headers.authorization),
    trace: continueTrace(single(headers['traceparent']), joined(headers['tracestate'])),
    gone,
  };
}

/** A connection carries the same credential again and again as a rule: it is told from others once. */
const lastPrincipals = new WeakMap<Socket, Principal>();

function principalOn(socket: Socket, authorization: string | undefined): Principal {
  const last = lastPrincipals.get(socket);
  if (last !== undefined && last.authorization === authorization) return last;
  const principal = forwardedPrincipal(authorization);
  lastPrincipals.set(socket, principal);
  return principal;
}

/** A `traceparent` that came more than once is invalid (W3C Trace Context, 3.2). */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A `tracestate` that came more than once is one list (W3C Trace Context, 3.3.1). */
function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
