import { OperationTypeNode, type ExecutionResult, type GraphQLError, type GraphQLObjectType } from 'graphql';
import { conditionVariables } from './conditions.js';
import { Execution, type Operation, type VariableValues } from './execution.js';
import { Pending } from './pending.js';
import { Planner, type Conditions } from './plan.js';
import { executeSerially } from './serial.js';
import { variablesReader, type ReadVariables } from './variables.js';

export type PromiseOrValue<T> = Promise<T> | T;

/** How many combinations of what `@skip` and `@include` are told are planned for one operation. */
const MAX_PLANS = 32;

/** Executes the root fields. */
type Plan = (execution: Execution) => unknown;

/** A query or mutation of one document, to be executed many times. */
export class PlannedOperation {
  private readonly readVariables: ReadVariables;
  private readonly conditionNames: readonly string[];
  private readonly plans = new Map<string, Plan>();

  constructor(
    private readonly operation: Operation,
    private readonly rootType: GraphQLObjectType,
    private readonly codeAfter: number,
  ) {
    const { schema, definition, fragments } = operation;
    this.readVariables = variablesReader(schema, definition.variableDefinitions ?? []);
    this.conditionNames = conditionVariables(definition, fragments);
  }

  /** @returns undefined where there is no plan, and none is to be made: nothing has been executed */
  execute(contextValue: unknown, rawVariables: VariableValues): PromiseOrValue<ExecutionResult> | undefined {
    const { coerced: variableValues, errors } = this.readVariables(rawVariables);
    if (errors !== undefined) return { errors };
    const plan = this.planFor(variableValues);
    return plan && respond(plan, new Execution(this.operation, contextValue, variableValues));
  }

  private planFor(variableValues: VariableValues): Plan | undefined {
    const conditions: Record<string, boolean> = {};
    let key = '';
    for (const name of this.conditionNames) {
      const value = Object.hasOwn(variableValues, name) ? variableValues[name] : undefined;
      if (typeof value !== 'boolean') return undefined;
      conditions[name] = value;
      key += value ? '1' : '0';
    }
    const known = this.plans.get(key);
    if (known !== undefined || this.plans.size === MAX_PLANS) return known;
    const plan = this.plan(conditions);
    this.plans.set(key, plan);
    return plan;
  }

  private plan(conditions: Conditions): Plan {
    const planner = new Planner(this.operation, conditions, this.codeAfter);
    if (this.operation.definition.operation === OperationTypeNode.MUTATION) {
      const fields = planner.rootFields(this.rootType);
      return (execution) => executeSerially(execution, fields);
    }
    const root = planner.root(this.rootType);
    return (execution) => root.execute(execution, undefined, undefined);
  }
}

function respond(plan: Plan, execution: Execution): PromiseOrValue<ExecutionResult> {
  let data: unknown;
  try {
    data = plan(execution);
  } catch (error) {
    return failure(execution, error);
  }
  if (!(data instanceof Pending)) return response(execution, data);
  return new Promise((resolve) => data.standFor(new PendingResponse(execution, resolve)));
}

class PendingResponse extends Pending {
  constructor(
    execution: Execution,
    private readonly resolve: (result: ExecutionResult) => void,
  ) {
    super(execution);
  }

  override fulfil(data: unknown): void {
    this.resolve(response(this.execution, data));
  }

  override reject(error: unknown): void {
    this.resolve(failure(this.execution, error));
  }
}

function failure(execution: Execution, error: unknown): ExecutionResult {
  execution.add(error as GraphQLError, undefined);
  return response(execution, null);
}

function response({ errors }: Execution, data: unknown): ExecutionResult {
  const result = { data: data as Record<string, unknown> | null };
  return errors === undefined ? result : { errors, ...result };
}
