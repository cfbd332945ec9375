import { capped, type FieldPart, type Part, type Plan } from './plan.js';

/** Adds up what does not depend on variables. */
export class PlanBuilder {
  #cost = 0;
  #calls = 0;
  #shared = 0;
  readonly #parts: Part[] = [];

  addFixed({ cost, calls, shared, parts }: Plan, times = 1): void {
    this.#cost = capped(this.#cost + times * cost);
    this.#calls = capped(this.#calls + times * calls);
    this.#shared |= shared;
    this.#parts.push(...parts);
  }

  addField(part: FieldPart): void {
    const { selectedIf, inputs, size, isApart, item, weight, calls, shared } = part;
    const isFixed = selectedIf.length === 0 && inputs.length === 0 && typeof size === 'number';
    if (!isFixed || isApart || (item.parts.length > 0 && size !== 1)) {
      this.#parts.push(part);
      return;
    }
    this.addFixed({ cost: weight, calls, shared, parts: [] });
    if (size > 0) this.addFixed(item, size);
  }

  addTypes(types: readonly Plan[]): void {
    if (types.some(({ parts }) => parts.length > 0)) {
      this.#parts.push({ kind: 'abstract', types });
      return;
    }
    this.addFixed({
      cost: Math.max(0, ...types.map(({ cost }) => cost)),
      calls: Math.max(0, ...types.map(({ calls }) => calls)),
      shared: types.reduce((all, { shared }) => all | shared, 0),
      parts: [],
    });
  }

  build(): Plan {
    return { cost: this.#cost, calls: this.#calls, shared: this.#shared, parts: this.#parts };
  }
}
