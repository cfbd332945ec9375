import { str } from 'envalid';
import { wholeNumber } from './whole-number.js';

/** Limits on the syntax of one operation, each spread fragment counted wherever it is spread. */
export interface SyntaxLimits {
  /** `MAX_ALIASES` (100): fields with an alias, also of `__typename`. */
  readonly maxAliases: number;
  /** `MAX_ROOT_FIELDS` (50): fields of the operation's own selection set. */
  readonly maxRootFields: number;
  /** `MAX_DIRECTIVES` (100): directives, such as `@include`. */
  readonly maxDirectives: number;
  /** `MAX_NODES` (2500): nodes of the syntax tree but for names, such as fields, arguments and values. */
  readonly maxNodes: number;
}

/** How much one operation may ask for. Operations beyond a limit are rejected before anything is sent upstream. */
export interface DemandControlConfig extends SyntaxLimits {
  /** `MAX_VARIABLE_VALUES` (5000): values in the variables of a request, those inside lists and objects included. */
  readonly maxVariableValues: number;
  /**
   * `MAX_COST` (10000): the estimated cost, by `@cost` and `@listSize` in the schema: 10 for each REST call, 1 for each
   * object and each field that has fields of its own. Lists count with the sizes that literals and variables ask for.
   */
  readonly maxCost: number;
  /** `COST_MODE` (enforce): with `measure`, operations beyond `MAX_COST` are executed and logged. */
  readonly costMode: 'measure' | 'enforce';
}

const COST_MODES = ['measure', 'enforce'] as const;

export const demandControlVariables = {
  MAX_ALIASES: wholeNumber(0, 10_000)({ default: 100 }),
  MAX_ROOT_FIELDS: wholeNumber(1, 10_000)({ default: 50 }),
  MAX_DIRECTIVES: wholeNumber(0, 10_000)({ default: 100 }),
  MAX_NODES: wholeNumber(1, 100_000)({ default: 2500 }),
  MAX_VARIABLE_VALUES: wholeNumber(0, 1_000_000)({ default: 5000 }),
  MAX_COST: wholeNumber(1, 100_000_000)({ default: 10_000 }),
  COST_MODE: str({ choices: COST_MODES, default: 'enforce' }),
};

type DemandControlEnvironment = Readonly<
  Record<Exclude<keyof typeof demandControlVariables, 'COST_MODE'>, number>
> & { readonly COST_MODE: DemandControlConfig['costMode'] };

export function demandControlConfig(env: DemandControlEnvironment): DemandControlConfig {
  return {
    maxAliases: env.MAX_ALIASES,
    maxRootFields: env.MAX_ROOT_FIELDS,
    maxDirectives: env.MAX_DIRECTIVES,
    maxNodes: env.MAX_NODES,
    maxVariableValues: env.MAX_VARIABLE_VALUES,
    maxCost: env.MAX_COST,
    costMode: env.COST_MODE,
  };
}
