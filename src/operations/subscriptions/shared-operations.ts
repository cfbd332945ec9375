import { hash } from 'node:crypto';
import type { DocumentNode, ExecutionResult } from 'graphql';
import type { Principal } from '../../auth/principal.js';
import type { TraceContext } from '../../telemetry/trace-context.js';

/** The operation of a subscription, and its principal. */
interface SubscribedOperation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown> | undefined;
  readonly principal: Principal;
  /** The trace of the first subscriber. */
  readonly trace: TraceContext;
}

/**
 * A subscription of any number of clients. Its results are the same for all of them, so each event is executed and serialized
 * once.
 */
export class SharedOperation {
  clients = 0;
  readonly #executions = new Memo<ExecutionResult>();
  readonly #texts = new Memo<string>();

  constructor(
    readonly key: string,
    readonly operation: SubscribedOperation,
  ) {}

  /** The result of an event. Executes it unless a recent result can be shared. */
  execution(event: unknown, execute: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
    return this.#executions.get(event, execute);
  }

  /** The formatted result of an event as JSON. Serializes it unless a recent text can be shared. */
  text(event: unknown, serialize: () => Promise<string>): Promise<string> {
    return this.#texts.get(event, serialize);
  }
}

/**
 * How long the result of an event is shared, in milliseconds. A later subscriber gets the same event as current state, but its
 * other fields must be read again.
 */
const SHARED_MS = 1000;

/** Memoizes a value per event for a short time. */
class Memo<Value> {
  readonly #values = new WeakMap<object, { readonly value: Promise<Value>; readonly until: number }>();

  get(event: unknown, make: () => Promise<Value>): Promise<Value> {
    if (typeof event !== 'object' || event === null) return make();
    const known = this.#values.get(event);
    const now = performance.now();
    if (known !== undefined && now < known.until) return known.value;
    const value = make();
    this.#values.set(event, { value, until: now + SHARED_MS });
    return value;
  }
}

/** The open subscriptions; identical ones share an entry. */
export class SharedOperations {
  readonly #operations = new Map<string, SharedOperation>();

  acquire(operation: SubscribedOperation): SharedOperation {
    const key = keyOf(operation);
    let shared = this.#operations.get(key);
    if (shared === undefined) {
      shared = new SharedOperation(key, operation);
      this.#operations.set(key, shared);
    }
    shared.clients += 1;
    return shared;
  }

  release(shared: SharedOperation): void {
    shared.clients -= 1;
    if (shared.clients === 0) this.#operations.delete(shared.key);
  }
}

/** Two tokens of one principal may have different grants, so the key includes them. */
function keyOf({
  document,
  operationName,
  variables,
  principal: { key, grants },
}: SubscribedOperation): string {
  const granted = grants && [[...grants.accounts].sort(), [...grants.scopes].sort()];
  const parts = [sourceOf(document), operationName, variables, key, granted];
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

export function sourceOf({ loc }: DocumentNode): string {
  return loc?.source.body ?? '';
}
