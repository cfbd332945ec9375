import { hash } from 'node:crypto';
import type { DocumentNode, ExecutionResult } from 'graphql';
import type { Principal } from '../../auth/principal.js';
import type { TraceContext } from '../../telemetry/trace-context.js';

/** What a subscription asks for, and on whose behalf. */
export interface SubscribedOperation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown> | undefined;
  readonly principal: Principal;
  /** That of whoever subscribed first. */
  readonly trace: TraceContext;
}

/**
 * A subscription that any number of clients have open. Its results are the same for all of them, so that an event is executed
 * and serialized once.
 */
export class SharedOperation {
  clients = 0;
  readonly #executions = new Memo<ExecutionResult>();
  readonly #texts = new Memo<string>();

  constructor(
    readonly key: string,
    readonly operation: SubscribedOperation,
  ) {}

  /** The result of an event, as it was executed before or is now. */
  execution(event: unknown, execute: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
    return this.#executions.get(event, execute);
  }

  /** The formatted result of an event as JSON, as it was serialized before or is now. */
  text(event: unknown, serialize: () => Promise<string>): Promise<string> {
    return this.#texts.get(event, serialize);
  }
}

/**
 * How long the result of an event is shared, in milliseconds. Who subscribes later is told the same event as present state, with
 * fields beside it that are read anew.
 */
const SHARED_MS = 1000;

/** What was made of an event a moment ago. */
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

/** The subscriptions that are open, each kept once however many clients have it. */
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

/** Two tokens of one principal may grant different things, so the grants count. */
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
