import { randomSequence } from '../random.js';
import type { FaultRule } from './rule.js';

interface ActiveRule {
  readonly rule: FaultRule;
  readonly pattern: RegExp;
  readonly random: () => number;
  applied: number;
}

/** The active rules, and how often each was applied. */
export class FaultRules {
  #active: ActiveRule[] = [];

  add(rule: FaultRule): void {
    this.#active.push({
      rule,
      pattern: new RegExp(rule.path),
      random: randomSequence(rule.seed ?? 1),
      applied: 0,
    });
  }

  /** Returns the first rule that matches a request, and counts it as applied. `path` is relative to `/v1`. */
  take(method: string, path: string): FaultRule | undefined {
    const hit = this.#active.find((active) => applies(active, method, path));
    if (hit === undefined) return undefined;
    hit.applied += 1;
    return hit.rule;
  }

  list(): (FaultRule & { readonly applied: number })[] {
    return this.#active.map(({ rule, applied }) => ({ ...rule, applied }));
  }

  clear(): void {
    this.#active = [];
  }
}

function applies({ rule, pattern, random, applied }: ActiveRule, method: string, path: string): boolean {
  if (applied >= (rule.times ?? Infinity)) return false;
  if (rule.method !== undefined && rule.method.toUpperCase() !== method) return false;
  return pattern.test(path) && random() < (rule.share ?? 1);
}
