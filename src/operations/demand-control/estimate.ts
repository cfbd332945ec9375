import { inputObjectsIn } from './inputs.js';
import { CALL_WEIGHT } from '../../graphql/cost/cost.js';
import { capped, type Condition, type FieldPart, type Plan, type Size, type Variables } from './plan.js';
import { sizeIn, valueOf } from './values.js';

export interface CostEstimate {
  /** The type cost plus the field cost of the GraphQL Cost Directives specification. */
  readonly cost: number;
  /** REST calls, without retries and rereads. */
  readonly upstreamCalls: number;
}

interface Totals {
  cost: number;
  calls: number;
  shared: number;
}

export function estimate(plan: Plan, variables: Variables): CostEstimate {
  const totals: Totals = { cost: 0, calls: 0, shared: 0 };
  add(plan, 1, variables, totals);
  return { cost: totals.cost, upstreamCalls: capped(totals.calls + bits(totals.shared)) };
}

function add(plan: Plan, times: number, variables: Variables, totals: Totals): void {
  totals.cost = capped(totals.cost + times * plan.cost);
  totals.calls = capped(totals.calls + times * plan.calls);
  totals.shared |= plan.shared;
  for (const part of plan.parts) {
    if (part.kind === 'field') addField(part, times, variables, totals);
    else addMost(part.types, times, variables, totals);
  }
}

function addField(part: FieldPart, times: number, variables: Variables, totals: Totals): void {
  if (!isSelected(part.selectedIf, variables)) return;
  let { weight } = part;
  for (const { type, variable } of part.inputs) weight += inputObjectsIn(type, valueOf(variable, variables));
  totals.cost = capped(totals.cost + times * weight);
  totals.calls = capped(totals.calls + times * part.calls);
  totals.shared |= part.shared;
  const items = capped(times * sizeWith(part.size, variables));
  if (items === 0) return;
  if (part.isApart) addApart(part.item, items, variables, totals);
  else add(part.item, items, variables, totals);
}

/** Adds items that share no calls: what one of them makes once, each of them makes. */
function addApart(item: Plan, items: number, variables: Variables, totals: Totals): void {
  const each: Totals = { cost: 0, calls: 0, shared: 0 };
  add(item, 1, variables, each);
  const own = bits(each.shared);
  totals.cost = capped(totals.cost + items * (each.cost + own * CALL_WEIGHT));
  totals.calls = capped(totals.calls + items * (each.calls + own));
}

function addMost(types: readonly Plan[], times: number, variables: Variables, totals: Totals): void {
  let cost = 0;
  let calls = 0;
  for (const plan of types) {
    const most: Totals = { cost: 0, calls: 0, shared: 0 };
    add(plan, times, variables, most);
    cost = Math.max(cost, most.cost);
    calls = Math.max(calls, most.calls);
    totals.shared |= most.shared;
  }
  totals.cost = capped(totals.cost + cost);
  totals.calls = capped(totals.calls + calls);
}

function isSelected(selectedIf: readonly (readonly Condition[])[], variables: Variables): boolean {
  return selectedIf.length === 0 || selectedIf.some((all) => all.every((one) => isMet(one, variables)));
}

function isMet({ variable, includedIf }: Condition, variables: Variables): boolean {
  return valueOf(variable, variables) === includedIf;
}

/** An argument that is not a number is rejected before execution, so it need not count. */
function sizeWith(size: Size, variables: Variables): number {
  if (typeof size === 'number') return size;
  let largest = size.literal;
  for (const variable of size.variables) {
    const value = valueOf(variable, variables);
    const number = sizeIn(value);
    if (number !== undefined) largest = Math.max(0, Math.min(number, size.max), largest ?? 0);
  }
  return largest ?? size.assumed;
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
