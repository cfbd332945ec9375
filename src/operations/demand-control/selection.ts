import {
  isAbstractType,
  Kind,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { Condition, VariableUse } from './plan.js';

/** A selection set, and the conditions on variables under which it is selected. */
export interface Selected<Node> {
  readonly node: Node;
  readonly conditions: readonly Condition[];
}

export interface Selecting {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variable: (name: string) => VariableUse;
}

/** The fields that are selected on an object, by response name, as `CollectFields` does (GraphQL, 6.3.2). */
export function collectFields(
  selecting: Selecting,
  type: GraphQLObjectType,
  sets: readonly Selected<SelectionSetNode>[],
): ReadonlyMap<string, readonly Selected<FieldNode>[]> {
  const fields = new Map<string, Selected<FieldNode>[]>();
  /** Fragments that are selected for any variables. */
  const spread = new Set<string>();
  const collect = ({ node, conditions: outer }: Selected<SelectionSetNode>): void => {
    for (const selection of node.selections) {
      const own = conditionsIn(selection.directives, selecting);
      if (own === undefined) continue;
      const conditions = own.length === 0 ? outer : [...outer, ...own];
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const known = fields.get(key);
        if (known === undefined) fields.set(key, [{ node: selection, conditions }]);
        else known.push({ node: selection, conditions });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (applies(selecting.schema, type, selection.typeCondition?.name.value)) {
          collect({ node: selection.selectionSet, conditions });
        }
      } else {
        const name = selection.name.value;
        const fragment = selecting.fragments.get(name);
        if (fragment === undefined || spread.has(name)) continue;
        if (conditions.length === 0) spread.add(name);
        if (applies(selecting.schema, type, fragment.typeCondition.name.value)) {
          collect({ node: fragment.selectionSet, conditions });
        }
      }
    }
  };
  for (const set of sets) collect(set);
  return fields;
}

function applies(schema: GraphQLSchema, type: GraphQLObjectType, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true;
  const conditional = schema.getType(condition);
  return isAbstractType(conditional) && schema.isSubType(conditional, type);
}

/** The conditions that depend on variables; undefined if the selection is never included. */
function conditionsIn(
  directives: readonly DirectiveNode[] = [],
  { variable }: Selecting,
): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  for (const { name, arguments: args = [] } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const includedIf = name.value === 'include';
    const value = args.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.VARIABLE) {
      conditions.push({ variable: variable(value.name.value), includedIf });
    } else if (value?.kind === Kind.BOOLEAN && value.value !== includedIf) {
      return undefined;
    }
  }
  return conditions;
}
