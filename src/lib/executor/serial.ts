import type { Execution } from './execution.js';
import type { Field } from './field.js';
import { setProperty } from './fields.js';
import { PendingContainer, PendingValue } from './pending.js';

/** Executes the root fields of a mutation one after the other (GraphQL, 6.2.2). */
export function executeSerially(execution: Execution, fields: readonly Field[]): unknown {
  return new PendingMutation(execution, fields).start();
}

class PendingMutation extends PendingContainer {
  private readonly data: Record<string, unknown> = {};
  private next = 0;

  constructor(
    execution: Execution,
    private readonly fields: readonly Field[],
  ) {
    super(execution);
  }

  /** @returns the data, or this if a field is pending */
  start(): unknown {
    return this.runFields() ? this.data : this;
  }

  override setChild(responseName: string, value: unknown): void {
    setProperty(this.data, responseName, value);
    let isDone: boolean;
    try {
      isDone = this.runFields();
    } catch (error) {
      this.reject(error);
      return;
    }
    if (isDone) this.fulfill(this.data);
  }

  override childFailed(error: unknown): void {
    this.reject(error);
  }

  /** Runs the next fields up to the first that is pending. @returns whether all fields have settled */
  private runFields(): boolean {
    for (let field = this.fields[this.next]; field !== undefined; field = this.fields[this.next]) {
      this.next += 1;
      const value = field.run(this.execution, undefined, undefined);
      if (value instanceof PendingValue) {
        value.attachTo(this, field.responseName);
        return false;
      }
      setProperty(this.data, field.responseName, value);
    }
    return true;
  }
}
