import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { compileCost } from './compile.js';
import { estimate, type CostEstimate } from './estimate.js';
import type { Plan, Variables } from './plan.js';

const NO_VARIABLES: Variables = {};

/** Estimates what operations cost. An operation is compiled once and kept for as long as its document is. */
export class CostEstimator {
  readonly #schema: GraphQLSchema;
  readonly #plans = new WeakMap<OperationDefinitionNode, Plan>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /**
   * @param document validated, and within `MAX_NODES`
   * @param variables as they were sent; those that are invalid fail before anything is executed
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
