import { requireAccount, requireScopes } from './auth/authorization.js';
import type { Grants, Principal } from './auth/principal.js';
import { Loaders } from './loaders/loaders.js';
import type { CallScope } from './upstream/http/call.js';
import type { TraceContext } from './telemetry/trace-context.js';
import type { Cancellation } from './upstream/http/cancellation.js';
import { DemandClient, type DemandClientDeps } from './upstream/client/client.js';
import type { Call } from './upstream/http/call.js';
import { accountIdIn } from './upstream/resources/resource-ref.js';
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
  const { grants } = principal;
  const scope: CallScope = {
    principalKey: principal.key,
    credentialKey: credentials.keyFor(principal.key),
    credential: credentials.forOperation(principal.authorization, trace),
    trace,
    deadline: performance.now() + deps.requestTimeoutMs,
    callerGone: gone,
    permit: grants === undefined ? undefined : permitFor(grants),
  };
  const client = new DemandClient(deps.client, scope);
  const { idempotencyKeys, now } = deps;
  return { principal, trace, client, loaders: new Loaders(client), idempotencyKeys, now };
}

/**
 * Checks each call once more, where all of them pass: whatever a resolver forgets, nothing is sent on behalf of a principal
 * who may not have it. Reads are also part of changes, so either scope allows them.
 */
function permitFor(grants: Grants): (call: Call) => void {
  return ({ kind, path }) => {
    const accountId = accountIdIn(path);
    if (accountId !== undefined) requireAccount(grants, accountId);
    if (kind === 'read' && grants.scopes.has('fielding:operate')) return;
    requireScopes(grants, [kind === 'read' ? 'fielding:read' : 'fielding:operate']);
  };
}
