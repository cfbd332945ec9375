import type { Grants, Principal } from './auth/principal.js';
import { Loaders } from './loaders/loaders.js';
import { UpstreamError } from './upstream/errors.js';
import type { Call, CallScope } from './upstream/http/call.js';
import { accountIdIn } from './upstream/resources/resource-ref.js';
import type { TraceContext } from './telemetry/trace-context.js';
import type { Cancellation } from './upstream/http/cancellation.js';
import { DemandClient, type DemandClientDeps } from './upstream/client/client.js';
import type { IdempotencyKeys } from './upstream/state/idempotency-keys.js';

/** What the resolvers of one GraphQL operation work with. Nothing in it but `idempotencyKeys` outlives the operation. */
export interface RequestContext {
  readonly principal: Principal;
  readonly trace: TraceContext;
  readonly client: DemandClient;
  readonly loaders: Loaders;
  readonly idempotencyKeys: IdempotencyKeys;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What contexts are made of, wired once for each process. */
export interface ContextDeps {
  readonly client: DemandClientDeps;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly requestTimeoutMs: number;
  readonly now: () => number;
}

/** What a context is made from: the caller of one operation. */
export interface Caller {
  readonly principal: Principal;
  readonly trace: TraceContext;
  /** Happens when the caller goes away before the answer. */
  readonly gone: Cancellation;
}

export function createContext(deps: ContextDeps, { principal, trace, gone }: Caller): RequestContext {
  const { credentials } = deps.client;
  const scope: CallScope = {
    principalKey: principal.key,
    credentialKey: credentials.keyFor(principal.key),
    credential: credentials.forOperation(principal.authorization, trace),
    trace,
    deadline: performance.now() + deps.requestTimeoutMs,
    callerGone: gone,
    ...(principal.grants && { permit: permitFor(principal.grants) }),
  };
  const client = new DemandClient(deps.client, scope);
  const { idempotencyKeys, now } = deps;
  return { principal, trace, client, loaders: new Loaders(client), idempotencyKeys, now };
}

/** Checks each call once more, where all of them pass: whatever a resolver forgets, nothing is sent for another account. */
function permitFor({ accounts }: Grants): (call: Call) => void {
  return ({ path }) => {
    const accountId = accountIdIn(path);
    if (accountId === undefined || accounts.has(accountId)) return;
    throw new UpstreamError('FORBIDDEN', 'You have no access to this account.');
  };
}
