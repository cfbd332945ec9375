import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { CALL_WEIGHT, costOf, type ListSize, type SharedCall } from '../../graphql/cost/cost.js';
import { inputObjectsIn, inputWeight } from './inputs.js';
import type { Condition, FieldPart, Plan, Size, VariableInput, VariableUse } from './plan.js';
import { PlanBuilder } from './plan-builder.js';
import { collectFields, type Selected, type Selecting } from './selection.js';
import { sizeIn } from './values.js';

/**
 * Makes the cost of a validated operation a function of its variables. Takes time in proportion to the operation with its
 * fragments expanded, which `MAX_NODES` limits.
 */
export function compileCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Plan {
  const type = schema.getRootType(operation.operation);
  if (!type) throw new TypeError(`The schema has no ${operation.operation} type.`);
  const defaults = new Map(
    (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  );
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const compiler = new Compiler(schema, new Map(fragments.map((one) => [one.name.value, one])), defaults);
  return compiler.objectPlan(type, [{ node: operation.selectionSet, conditions: [] }]);
}

/** The sizes of the lists in an object that a field with `sizedFields` returns. */
interface SizedFields {
  readonly names: readonly string[];
  readonly size: Size;
}

/** An object weighs 1 in the type cost, and a field that returns objects 1 in the field cost. */
const OBJECT_WEIGHT = 1;
const SHARED: Readonly<Record<SharedCall, number>> = { accounts: 1, people: 2, project: 4 };

class Compiler implements Selecting {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #defaults: ReadonlyMap<string, unknown>;

  constructor(
    schema: GraphQLSchema,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    defaults: ReadonlyMap<string, unknown>,
  ) {
    this.schema = schema;
    this.fragments = fragments;
    this.#defaults = defaults;
  }

  readonly variable = (name: string): VariableUse => ({ name, defaultValue: this.#defaults.get(name) });

  /** The cost of a selection on an object, without the object itself. */
  objectPlan(
    type: GraphQLObjectType,
    sets: readonly Selected<SelectionSetNode>[],
    sized?: SizedFields,
  ): Plan {
    const plan = new PlanBuilder();
    for (const nodes of collectFields(this, type, sets).values()) {
      const part = this.#fieldPart(type, nodes, sized);
      if (part !== undefined) plan.addField(part);
    }
    return plan.build();
  }

  /** The cost of one item of a field: the object and its selection. */
  #itemPlan(
    type: GraphQLNamedType,
    sets: readonly Selected<SelectionSetNode>[],
    calls: number,
    sized?: SizedFields,
  ): Plan {
    const plan = new PlanBuilder();
    if (!isCompositeType(type)) return plan.build();
    plan.addFixed({ cost: OBJECT_WEIGHT + calls * CALL_WEIGHT, calls, shared: 0, parts: [] });
    if (isObjectType(type)) plan.addFixed(this.objectPlan(type, sets, sized));
    else if (isAbstractType(type)) {
      plan.addTypes(this.schema.getPossibleTypes(type).map((each) => this.objectPlan(each, sets, sized)));
    }
    return plan.build();
  }

  #fieldPart(
    parent: GraphQLObjectType,
    nodes: readonly Selected<FieldNode>[],
    sized: SizedFields | undefined,
  ): FieldPart | undefined {
    // Fields with the same response name are the same field with the same arguments (GraphQL, 5.3.2).
    const [first] = nodes;
    if (first === undefined) return undefined;
    const field = this.#field(parent, first.node.name.value);
    if (field === undefined) return undefined;
    const { calls = 0, callsPerItem, shares, listSize } = costOf(field);
    const type = getNamedType(field.type);
    const ownSize = listSize && this.#size(field, first.node, listSize);
    const isSizedHere = listSize?.sizedFields === undefined;
    const isList = isListType(getNullableType(field.type));
    const sizeFromParent = sized?.names.includes(field.name) ? sized.size : undefined;
    const weight = calls > 0 ? calls * CALL_WEIGHT : isCompositeType(type) ? OBJECT_WEIGHT : 0;
    const inputs = this.#inputs(field, first.node);
    return {
      kind: 'field',
      selectedIf: selectedIf(nodes),
      weight: weight + inputs.fixed,
      inputs: inputs.variables,
      calls,
      shared: shares === undefined ? 0 : SHARED[shares],
      size: isList ? ((isSizedHere ? ownSize : undefined) ?? sizeFromParent ?? 1) : 1,
      isApart: callsPerItem !== undefined,
      item: this.#itemPlan(
        type,
        setsIn(nodes),
        callsPerItem ?? 0,
        listSize?.sizedFields && ownSize !== undefined
          ? { names: listSize.sizedFields, size: ownSize }
          : undefined,
      ),
    };
  }

  #field(parent: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    const field = parent.getFields()[name];
    if (field !== undefined || parent !== this.schema.getQueryType()) return field;
    return [SchemaMetaFieldDef, TypeMetaFieldDef].find((meta) => meta.name === name);
  }

  #size(
    { args }: GraphQLField<unknown, unknown>,
    node: FieldNode,
    { assumedSize, maxSize = Infinity, slicingArguments = [] }: ListSize,
  ): Size {
    let literal: number | undefined;
    const variables: VariableUse[] = [];
    const take = (value: unknown) => {
      const number = sizeIn(value);
      if (number !== undefined) literal = Math.max(0, Math.min(number, maxSize), literal ?? 0);
    };
    for (const name of slicingArguments) {
      const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
      const defaultValue = args.find((argument) => argument.name === name)?.defaultValue;
      if (given === undefined) take(defaultValue);
      else if (given.kind !== Kind.VARIABLE) take(valueFromASTUntyped(given));
      else {
        variables.push(withDefault(this.variable(given.name.value), defaultValue));
      }
    }
    if (variables.length === 0) return literal ?? assumedSize;
    return { assumed: assumedSize, max: maxSize, literal, variables };
  }

  #inputs({ args }: GraphQLField<unknown, unknown>, node: FieldNode) {
    let fixed = 0;
    const variables: VariableInput[] = [];
    for (const { name, type, defaultValue } of args) {
      const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
      if (given === undefined) {
        fixed += inputObjectsIn(type, defaultValue);
        continue;
      }
      const weight = inputWeight(type, given, this.variable);
      fixed += weight.fixed;
      const isVariable = given.kind === Kind.VARIABLE;
      for (const one of weight.variables) {
        variables.push(isVariable ? { ...one, variable: withDefault(one.variable, defaultValue) } : one);
      }
    }
    return { fixed, variables };
  }
}

/** A variable as an argument: without a value or default, the argument is absent (GraphQL, 6.4.1). */
function withDefault(variable: VariableUse, defaultValue: unknown): VariableUse {
  return variable.defaultValue === undefined ? { ...variable, defaultValue } : variable;
}

/** Empty if the field is always selected. */
function selectedIf(nodes: readonly Selected<FieldNode>[]): readonly (readonly Condition[])[] {
  return nodes.some(({ conditions }) => conditions.length === 0)
    ? []
    : nodes.map(({ conditions }) => conditions);
}

/** The selection sets of one field. If it has only one, its conditions are those of the field, which have been met. */
function setsIn(nodes: readonly Selected<FieldNode>[]): readonly Selected<SelectionSetNode>[] {
  return nodes.flatMap(({ node: { selectionSet }, conditions }) =>
    selectionSet === undefined
      ? []
      : [{ node: selectionSet, conditions: nodes.length === 1 ? [] : conditions }],
  );
}
