import { randomSequence } from '../random.js';

/** How often a rule applies to what it matches. */
export interface RuleLimits {
  /** How many matches are affected. Default: all. */
  readonly times?: number;
  /** The share of matches to affect, 0 to 1, drawn with the random seed `seed`. Default 1. */
  readonly share?: number;
  readonly seed?: number;
}

interface ActiveRule<Rule, Subject> {
  readonly rule: Rule;
  readonly matches: (subject: Subject) => boolean;
  readonly random: () => number;
  applied: number;
}

/** The active rules of one kind, and how often each was applied. */
export class RuleList<Rule extends RuleLimits, Subject> {
  #active: ActiveRule<Rule, Subject>[] = [];

  add(rule: Rule, matches: (subject: Subject) => boolean): void {
    this.#active.push({ rule, matches, random: randomSequence(rule.seed ?? 1), applied: 0 });
  }

  /** Returns the first rule that applies to a subject, and counts it as applied. */
  take(subject: Subject): Rule | undefined {
    const hit = this.#active.find(({ rule, matches, random, applied }) => {
      if (applied >= (rule.times ?? Infinity)) return false;
      return matches(subject) && random() < (rule.share ?? 1);
    });
    if (hit === undefined) return undefined;
    hit.applied += 1;
    return hit.rule;
  }

  list(): (Rule & { readonly applied: number })[] {
    return this.#active.map(({ rule, applied }) => ({ ...rule, applied }));
  }

  clear(): void {
    this.#active = [];
  }
}
