import {
  locatedError,
  OperationTypeNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLObjectType,
} from 'graphql';
import { conditionsOf, conditionVariables, keyOf } from './conditions.js';
import { Execution, type Operation, type VariableValues } from './execution.js';
import { PendingValue } from './pending.js';
import { Planner } from './plan.js';
import { executeSerially } from './serial.js';
import type { ExecutorSettings } from './settings.js';
import { variablesReader, type ReadVariables } from './variables.js';

export type PromiseOrValue<T> = Promise<T> | T;

/** The number of combinations of `@skip` and `@include` for which an operation keeps plans. */
const MAX_PLANS = 32;

/** Executes the root selection set. */
type Plan = (execution: Execution) => unknown;

/** A planned query or mutation. */
export class PlannedOperation {
  private readonly readVariables: ReadVariables;
  private readonly conditionNames: readonly string[];
  private readonly plans = new Map<string, Plan>();

  constructor(
    private readonly operation: Operation,
    private readonly rootType: GraphQLObjectType,
    private readonly settings: ExecutorSettings,
  ) {
    const { schema, definition, fragments } = operation;
    this.readVariables = variablesReader(schema, definition.variableDefinitions ?? [], settings);
    this.conditionNames = conditionVariables(definition, fragments);
  }

  execute(contextValue: unknown, rawVariables: VariableValues): PromiseOrValue<ExecutionResult> {
    const { coerced: variableValues, errors } = this.readVariables(rawVariables);
    if (errors !== undefined) return { errors };
    const execution = new Execution(this.operation, contextValue, variableValues);
    let data: unknown;
    try {
      data = this.planFor(variableValues)(execution);
    } catch (error) {
      return failure(execution, error);
    }
    if (!(data instanceof PendingValue)) return response(execution, data);
    return new Promise((resolve) => {
      const pending = new PendingResponse(execution, resolve);
      execution.pendingResult = pending;
      data.forwardTo(pending);
    });
  }

  /** @throws {GraphQLError} if the condition of a root field is not a boolean */
  private planFor(variableValues: VariableValues): Plan {
    const key = keyOf(this.conditionNames, variableValues);
    const known = this.plans.get(key);
    if (known !== undefined) return known;
    const plan = this.plan(variableValues);
    if (this.plans.size < MAX_PLANS) this.plans.set(key, plan);
    return plan;
  }

  private plan(variableValues: VariableValues): Plan {
    const conditions = conditionsOf(this.conditionNames, variableValues);
    // Planning a selection set throws if a condition in it is not a boolean. Generated code plans nested selection sets
    // earlier than the interpreter, which would move that error.
    const hasValidConditions = Object.values(conditions).every((value) => typeof value === 'boolean');
    const planner = new Planner(
      this.operation,
      conditions,
      hasValidConditions ? this.settings.compileAfter : Infinity,
    );
    if (this.operation.definition.operation === OperationTypeNode.MUTATION) {
      const fields = planner.rootFields(this.rootType);
      return (execution) => executeSerially(execution, fields);
    }
    const root = planner.root(this.rootType);
    return (execution) => root.execute(execution, undefined, undefined);
  }
}

class PendingResponse extends PendingValue {
  constructor(
    execution: Execution,
    private readonly resolve: (result: ExecutionResult) => void,
  ) {
    super(execution);
  }

  override fulfill(data: unknown): void {
    this.resolve(response(this.execution, data));
  }

  override reject(error: unknown): void {
    this.resolve(failure(this.execution, error));
  }

  abort(thrown: unknown): void {
    this.reject(locatedError(thrown, undefined));
  }
}

function failure(execution: Execution, error: unknown): ExecutionResult {
  execution.add(error as GraphQLError, undefined);
  return response(execution, null);
}

function response({ errors }: Execution, data: unknown): ExecutionResult {
  const result = { errors, data: data as Record<string, unknown> | null };
  // `errors` is always there, so that V8 copies the result quickly for a caller that replaces them.
  return result as ExecutionResult;
}
