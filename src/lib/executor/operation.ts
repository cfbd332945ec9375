import {
  locatedError,
  OperationTypeNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLObjectType,
} from 'graphql';
import { conditionsOf, conditionVariables, keyOf } from './conditions.js';
import { Execution, type Operation, type VariableValues } from './execution.js';
import { Pending } from './pending.js';
import { Planner } from './plan.js';
import { executeSerially } from './serial.js';
import type { Settings } from './settings.js';
import { variablesReader, type ReadVariables } from './variables.js';

export type PromiseOrValue<T> = Promise<T> | T;

/** For how many combinations of what `@skip` and `@include` are told one operation keeps its plans. */
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
    private readonly settings: Settings,
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
    if (!(data instanceof Pending)) return response(execution, data);
    return new Promise((resolve) => {
      const pending = new PendingResponse(execution, resolve);
      execution.answer = pending;
      data.standFor(pending);
    });
  }

  /** @throws {GraphQLError} where a condition of a root field is neither true nor false */
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
    // A condition that is none fails where it is come to. Code comes to all parts of a plan before they are needed.
    const isWhole = Object.values(conditions).every((value) => typeof value === 'boolean');
    const planner = new Planner(this.operation, conditions, isWhole ? this.settings.codeAfter : Infinity);
    if (this.operation.definition.operation === OperationTypeNode.MUTATION) {
      const fields = planner.rootFields(this.rootType);
      return (execution) => executeSerially(execution, fields);
    }
    const root = planner.root(this.rootType);
    return (execution) => root.execute(execution, undefined, undefined);
  }
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

  /** Ends the operation where executing it has failed, and nothing in it can be null for that. */
  abort(thrown: unknown): void {
    this.reject(locatedError(thrown, undefined));
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
