import type { FieldNode, GraphQLObjectType, GraphQLSchema } from 'graphql';
// Not in graphql-js's index, but the very functions that its executor plans with.
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { getFieldDef } from 'graphql/execution/execute.js';
import type { Completing } from './complete.js';
import type { Conditions } from './conditions.js';
import type { ObjectPlan, Operation, PlanOf } from './execution.js';
import { fieldOf, type Field } from './field.js';
import { executeFields } from './fields.js';
import { generateExecute } from './generate.js';

/** Plans what an operation selects, each part when it is first come to. */
export class Planner implements Completing {
  readonly schema: GraphQLSchema;

  constructor(
    private readonly operation: Operation,
    private readonly conditions: Conditions,
    private readonly codeAfter: number,
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
    return objectPlan(this.rootFields(type), this.codeAfter);
  }

  readonly planOf: PlanOf = (type, nodes) => {
    const { schema, fragments } = this.operation;
    const selected = collectSubfields(schema, fragments, this.conditions, type, nodes);
    return objectPlan(this.fieldsOf(type, selected), this.codeAfter);
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

/** @param codeAfter how often the plan is executed before code is made for it */
function objectPlan(fields: readonly Field[], codeAfter: number): ObjectPlan {
  const execute: ObjectPlan['execute'] = (execution, source, path) =>
    executeFields(execution, fields, source, path);
  let executed = 0;
  const plan: ObjectPlan = {
    execute: (...args) => {
      executed += 1;
      if (executed > codeAfter) plan.execute = generateExecute(fields) ?? execute;
      return executed > codeAfter ? plan.execute(...args) : execute(...args);
    },
  };
  return plan;
}
