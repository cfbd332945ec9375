import type { FieldNode, GraphQLObjectType } from 'graphql';
// Not in graphql-js's index, but the very functions that its executor plans with.
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { getFieldDef } from 'graphql/execution/execute.js';
import type { ObjectPlan, Operation, PlanOf } from './execution.js';
import { fieldOf, type Field } from './field.js';
import { executeFields } from './fields.js';

/** The values of the variables that `@skip` and `@include` ask for. */
export type Conditions = Readonly<Record<string, boolean>>;

/** Plans what an operation selects, each part when it is first come to. */
export class Planner {
  constructor(
    private readonly operation: Operation,
    private readonly conditions: Conditions,
  ) {}

  rootFields(type: GraphQLObjectType): Field[] {
    const { schema, fragments, definition } = this.operation;
    return this.fieldsOf(
      type,
      collectFields(schema, fragments, this.conditions, type, definition.selectionSet),
    );
  }

  root(type: GraphQLObjectType): ObjectPlan {
    return objectPlan(this.rootFields(type));
  }

  private readonly planOf: PlanOf = (type, nodes) => {
    const { schema, fragments } = this.operation;
    return objectPlan(this.fieldsOf(type, collectSubfields(schema, fragments, this.conditions, type, nodes)));
  };

  private fieldsOf(
    parentType: GraphQLObjectType,
    selections: ReadonlyMap<string, readonly FieldNode[]>,
  ): Field[] {
    const { schema } = this.operation;
    const completing = { schema, planOf: this.planOf };
    return [...selections].flatMap(([responseName, nodes]) => {
      const [node] = nodes;
      const definition = node && getFieldDef(schema, parentType, node);
      return definition ? [fieldOf({ responseName, parentType, definition, nodes, node }, completing)] : [];
    });
  }
}

function objectPlan(fields: readonly Field[]): ObjectPlan {
  return { execute: (execution, source, path) => executeFields(execution, fields, source, path) };
}
