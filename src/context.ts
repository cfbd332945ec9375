import { requireAccount, requireScopes } from './auth/authorization.js';
import type { Grants, Principal } from './auth/principal.js';
import type { LiveUpdates } from './events/live-updates.js';
import type { LiveEvent, Topic } from './events/topic.js';
import { Loaders } from './loaders/loaders.js';
import type { CallScope } from './upstream/http/call.js';
import type { OperationInfo } from './telemetry/operation-info.js';
import type { Recorder } from './telemetry/recorder.js';
import type { TraceContext } from './telemetry/trace-context.js';
import { Cancellation } from './upstream/http/cancellation.js';
import { CallLog } from './upstream/client/call-log.js';
import { DemandClient, type DemandClientDeps } from './upstream/client/client.js';
import type { Call } from './upstream/http/call.js';
import { accountIdIn } from './upstream/resources/resource-ref.js';
import type { IdempotencyKeys } from './upstream/state/idempotency-keys.js';

/** Where a request comes from. */
export interface Peer {
  /** The client's address, for limits: an IPv4 address, or the first 64 bits of an IPv6 address. Found out when it is read. */
  readonly address: string;
}

/** What the resolvers of one GraphQL operation work with. Nothing in it outlives the operation but what it was made from. */
export interface RequestContext {
  readonly principal: Principal;
  readonly trace: TraceContext;
  /** Undefined for an event of a subscription. */
  readonly peer: Peer | undefined;
  readonly operationInfo: OperationInfo | undefined;
  readonly client: DemandClient;
  /** The REST calls that were made; undefined in production. */
  readonly calls: CallLog | undefined;
  readonly loaders: Loaders;
  readonly idempotencyKeys: IdempotencyKeys;
  /** Subscribes the principal to what is read of a topic from now on. */
  readonly subscribe: <S>(topic: Topic<S>) => Promise<AsyncIterableIterator<LiveEvent<S>>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What contexts are made of, wired once for each process. */
export interface ContextDeps {
  readonly client: DemandClientDeps;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly live: LiveUpdates;
  readonly requestTimeoutMs: number;
  /** Whether to describe the REST calls of each operation. Default: they are not. */
  readonly logCalls?: boolean;
  /** Default: records nothing. */
  readonly recorder?: Recorder;
  readonly now: () => number;
}

/** What a context is made from: the caller of one operation. */
export interface Caller {
  readonly principal: Principal;
  readonly trace: TraceContext;
  /** Happens when the caller goes away before the answer. */
  readonly gone: Cancellation;
  readonly peer?: Peer;
  /** Receives the name and type of the operation. Default: they are not recorded. */
  readonly operationInfo?: OperationInfo;
}

export function createContext(deps: ContextDeps, caller: Caller): RequestContext {
  const { principal, trace, peer, operationInfo } = caller;
  const { idempotencyKeys, recorder, now } = deps;
  const calls = deps.logCalls === true ? new CallLog() : undefined;
  const client = new DemandClient(deps.client, createScope(deps, caller), calls);
  return {
    principal,
    trace,
    peer,
    operationInfo,
    client,
    calls,
    loaders: new Loaders(client, recorder?.loaderBatch),
    idempotencyKeys,
    now,
    subscribe: (topic) => subscribe(deps, principal, trace, topic),
  };
}

function createScope(deps: ContextDeps, { principal, trace, gone }: Caller): CallScope {
  const { credentials } = deps.client;
  const { grants } = principal;
  return {
    principalKey: principal.key,
    credentialKey: credentials.keyFor(principal.key),
    credential: credentials.forOperation(principal.authorization, trace),
    trace,
    deadline: performance.now() + deps.requestTimeoutMs,
    callerGone: gone,
    permit: grants === undefined ? undefined : permitFor(grants),
  };
}

/** Subscriptions outlive the operation. They read with clients of their own, each with a deadline of its own. */
function subscribe<S>(deps: ContextDeps, principal: Principal, trace: TraceContext, topic: Topic<S>) {
  const newClient = (part: TraceContext) => {
    const caller = { principal, trace: part, gone: new Cancellation() };
    return new DemandClient(deps.client, createScope(deps, caller));
  };
  return deps.live.subscribe(topic, deps.client.credentials.keyFor(principal.key), { trace, newClient });
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
