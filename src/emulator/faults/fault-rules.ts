import { RuleList } from './rule-list.js';
import type { FaultRule } from './rule.js';

interface Request {
  readonly method: string;
  readonly path: string;
}

/** The active rules for requests, and how often each was applied. */
export class FaultRules {
  readonly #rules = new RuleList<FaultRule, Request>();

  add(rule: FaultRule): void {
    const pattern = new RegExp(rule.path);
    const wanted = rule.method?.toUpperCase();
    this.#rules.add(
      rule,
      ({ method, path }) => (wanted === undefined || wanted === method) && pattern.test(path),
    );
  }

  /** Returns the first rule that matches a request, and counts it as applied. `path` is relative to `/v1`. */
  take(method: string, path: string): FaultRule | undefined {
    return this.#rules.take({ method, path });
  }

  list(): (FaultRule & { readonly applied: number })[] {
    return this.#rules.list();
  }

  clear(): void {
    this.#rules.clear();
  }
}
