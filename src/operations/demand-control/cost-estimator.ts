import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { compileCost } from './compile.js';
import { estimate, type CostEstimate } from './estimate.js';
import type { Plan, Variables } from './plan.js';

const NO_VARIABLES: Variables = {};

/** Estimates the cost of operations. A compiled operation is kept as long as its document. */
export class CostEstimator {
  readonly #schema: GraphQLSchema;
  readonly #plans = new WeakMap<OperationDefinitionNode, Plan>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /**
   * @param document validated, and within `MAX_NODES`
   * @param variables as they were sent; invalid ones are rejected before execution
   */
  estimate(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Variables = NO_VARIABLES,
  ): CostEstimate {
    let plan = this.#plans.get(operation);
    if (plan === undefined) {
      plan = compileCost(this.#schema, document, operation);
      this.#plans.set(operation, plan);
    }
    return estimate(plan, variables);
  }
}
