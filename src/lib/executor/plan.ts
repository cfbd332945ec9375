import type { FieldNode, GraphQLObjectType, GraphQLSchema } from 'graphql';
// Internal modules of graphql-js, with the functions that its own executor uses.
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { getFieldDef } from 'graphql/execution/execute.js';
import type { PlanContext } from './complete.js';
import type { Conditions } from './conditions.js';
import type { ObjectPlan, Operation, PlanOf } from './execution.js';
import { fieldOf, type Field } from './field.js';
import { executeFields } from './fields.js';
import { compileFields } from './compile.js';

/** Plans the selection sets of an operation, each on first use. */
export class Planner implements PlanContext {
  readonly schema: GraphQLSchema;

  constructor(
    private readonly operation: Operation,
    private readonly conditions: Conditions,
    private readonly compileAfter: number,
  ) {
    this.schema = operation.schema;
  }

  rootFields(type: GraphQLObjectType): Field[] {
    const { schema, fragments, definition } = this.operation;
    return this.fieldsOf(
      type,
      collectFields(schema, fragments, this.conditions, type, definition.selectionSet),
    );
  }

  root(type: GraphQLObjectType): ObjectPlan {
    return objectPlan(this.rootFields(type), this.compileAfter);
  }

  readonly planOf: PlanOf = (type, nodes) => {
    const { schema, fragments } = this.operation;
    const selected = collectSubfields(schema, fragments, this.conditions, type, nodes);
    return objectPlan(this.fieldsOf(type, selected), this.compileAfter);
  };

  private fieldsOf(
    parentType: GraphQLObjectType,
    selections: ReadonlyMap<string, readonly FieldNode[]>,
  ): Field[] {
    const { schema } = this.operation;
    const fields: Field[] = [];
    for (const [responseName, nodes] of selections) {
      const [node] = nodes;
      const definition = node && getFieldDef(schema, parentType, node);
      if (definition) fields.push(fieldOf({ responseName, parentType, definition, nodes, node }, this));
    }
    return fields;
  }
}

/** @param compileAfter the number of executions before code is generated */
function objectPlan(fields: readonly Field[], compileAfter: number): ObjectPlan {
  const execute: ObjectPlan['execute'] = (execution, source, path) =>
    executeFields(execution, fields, source, path);
  let executed = 0;
  const plan: ObjectPlan = {
    execute: (...args) => {
      executed += 1;
      if (executed > compileAfter) plan.execute = compileFields(fields) ?? execute;
      return executed > compileAfter ? plan.execute(...args) : execute(...args);
    },
  };
  return plan;
}
