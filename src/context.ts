import { requireAccount, requireScopes } from './auth/authorization.js';
import type { Grants, Principal } from './auth/principal.js';
import type { LiveUpdates } from './events/live-updates.js';
import type { LiveEvent, Topic } from './events/topic.js';
import { Loaders } from './loaders/loaders.js';
import type { CallScope } from './upstream/http/call.js';
import type { OperationInfo } from './telemetry/operation-info.js';
import type { Recorder } from './telemetry/recorder.js';
import type { TraceContext } from './telemetry/trace-context.js';
import { Cancellation } from './cancellation.js';
import { CallLog } from './upstream/client/call-log.js';
import { DemandClient, type DemandClientDeps } from './upstream/client/client.js';
import type { Call } from './upstream/http/call.js';
import { accountIdIn } from './upstream/resources/resource-ref.js';
import type { IdempotencyKeys } from './upstream/state/idempotency-keys.js';

/** The origin of a request. */
export interface Peer {
  /**
   * The client's address, for limits: an IPv4 address, or the first 64 bits of an IPv6 address. Determined when it is read.
   */
  readonly address: string;
}

/**
 * The context of one GraphQL operation, for resolvers. Nothing in it outlives the operation except for the shared dependencies.
 */
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
  /** Subscribes to a topic on behalf of the principal. */
  readonly subscribe: <S>(topic: Topic<S>) => Promise<AsyncIterableIterator<LiveEvent<S>>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Dependencies of contexts, created once per process. */
export interface ContextDeps {
  readonly client: DemandClientDeps;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly live: LiveUpdates;
  readonly requestTimeoutMs: number;
  /** Whether to record the REST calls of each operation. Default: false. */
  readonly logCalls?: boolean;
  /** Default: records nothing. */
  readonly recorder?: Recorder;
  readonly now: () => number;
}

/** The caller of one operation. */
export interface Caller {
  readonly principal: Principal;
  readonly trace: TraceContext;
  /** Cancelled if the caller disconnects before it has been answered. */
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
    sharing: undefined,
    authorize: grants === undefined ? undefined : authorizeBy(grants),
  };
}

/** A subscription outlives the operation, so each of its reads gets a new client with a new deadline. */
function subscribe<S>(deps: ContextDeps, principal: Principal, trace: TraceContext, topic: Topic<S>) {
  const newClient = (part: TraceContext) => {
    const caller = { principal, trace: part, gone: new Cancellation() };
    return new DemandClient(deps.client, createScope(deps, caller));
  };
  return deps.live.subscribe(topic, deps.client.credentials.keyFor(principal.key), { trace, newClient });
}

/**
 * Checks each REST call again at the one place that all calls pass, in case a resolver lacks a check. Changes also involve reads,
 * so either scope allows these.
 */
function authorizeBy(grants: Grants): (call: Call) => void {
  return ({ kind, path }) => {
    const accountId = accountIdIn(path);
    if (accountId !== undefined) requireAccount(grants, accountId);
    if (kind === 'read' && grants.scopes.has('fielding:operate')) return;
    requireScopes(grants, [kind === 'read' ? 'fielding:read' : 'fielding:operate']);
  };
}
