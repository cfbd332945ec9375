import type { Execution } from './execution.js';
import type { Field } from './field.js';
import { setOwn } from './fields.js';
import { Pending, Whole } from './pending.js';

/** Executes the fields of a mutation, each when the one before it has settled (GraphQL, 6.2.2). */
export function executeSerially(execution: Execution, fields: readonly Field[]): unknown {
  return new Series(execution, fields).begin();
}

class Series extends Whole {
  private readonly data: Record<string, unknown> = {};
  private next = 0;
  private isContinued = false;

  constructor(
    execution: Execution,
    private readonly fields: readonly Field[],
  ) {
    super(execution, 0);
  }

  begin(): unknown {
    return this.runRest() ? this.data : this;
  }

  override fill(responseName: string, value: unknown): void {
    setOwn(this.data, responseName, value);
    this.isContinued = true;
    let isDone: boolean;
    try {
      isDone = this.runRest();
    } catch (error) {
      this.execution.inSteps(this.left, () => this.reject(error));
      return;
    }
    if (isDone) this.fulfil(this.data);
  }

  /** graphql-js has one promise for each field, made from that of the field before it. */
  override partFailed(error: unknown): void {
    this.execution.inSteps((this.isContinued ? 2 : 1) + this.left, () => this.reject(error));
  }

  private get left(): number {
    return this.fields.length - this.next;
  }

  /** @returns whether all fields have settled */
  private runRest(): boolean {
    for (let field = this.fields[this.next]; field !== undefined; field = this.fields[this.next]) {
      this.next += 1;
      const value = field.run(this.execution, undefined, undefined);
      if (value instanceof Pending) {
        value.partOf(this, field.responseName);
        return false;
      }
      setOwn(this.data, field.responseName, value);
    }
    return true;
  }
}
