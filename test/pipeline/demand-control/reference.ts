import {
  getNamedType,
  getNullableType,
  getOperationAST,
  GraphQLError,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isListType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { getArgumentValues, getVariableValues } from 'graphql/execution/values.js';
import { costOf } from '../../../src/graphql/cost/cost.js';

export interface ReferenceCost {
  readonly cost: number;
  readonly upstreamCalls: number;
}

type Fields = ReadonlyMap<string, readonly FieldNode[]>;
type Values = Readonly<Record<string, unknown>>;

/**
 * The cost by the rules of the specification, with graphql-js's own functions and no regard for time.
 *
 * @returns undefined if the variables are invalid
 */
export function referenceCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Values,
): ReferenceCost | undefined {
  const operation = getOperationAST(document)!;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (coerced === undefined) return undefined;
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const shared = new Set<string>();
  const root = schema.getRootType(operation.operation)!;

  const ofObject = (type: GraphQLObjectType, fields: Fields, sizes: ReadonlyMap<string, number>) => {
    const sum = { cost: 0, calls: 0 };
    for (const nodes of fields.values()) {
      const field = type.getFields()[nodes[0]!.name.value];
      if (field === undefined) continue;
      const args = getArgumentValues(field, nodes[0]!, coerced) as Values;
      const { calls = 0, shares, listSize } = costOf(field);
      const returned = getNamedType(field.type);
      sum.cost += calls > 0 ? 10 * calls : isCompositeType(returned) ? 1 : 0;
      for (const { name, type: input } of field.args) sum.cost += inputObjects(input, args[name]);
      sum.calls += calls;
      if (shares !== undefined) shared.add(shares);

      const slices = (listSize?.slicingArguments ?? [])
        .map((name) => args[name])
        .filter((value): value is number => typeof value === 'number')
        .map((value) => Math.min(value, listSize?.maxSize ?? Infinity));
      const size = listSize && (slices.length === 0 ? listSize.assumedSize : Math.max(0, ...slices));
      const inner = new Map((listSize?.sizedFields ?? []).map((name) => [name, size!]));
      const isList = isListType(getNullableType(field.type));
      const own = listSize?.sizedFields === undefined ? size : undefined;
      const items = isList ? (own ?? sizes.get(field.name) ?? 1) : 1;
      if (!isCompositeType(returned) || items === 0) continue;

      const types = isAbstractType(returned) ? schema.getPossibleTypes(returned) : [returned];
      const each = types.map((one) =>
        ofObject(one, collectSubfields(schema, fragments, coerced, one, nodes), inner),
      );
      sum.cost += items * (1 + Math.max(0, ...each.map(({ cost }) => cost)));
      sum.calls += items * Math.max(0, ...each.map((one) => one.calls));
    }
    return sum;
  };

  try {
    const fields = collectFields(schema, fragments, coerced, root, operation.selectionSet);
    const { cost, calls } = ofObject(root, fields, new Map());
    return { cost, upstreamCalls: calls + shared.size };
  } catch (error) {
    // A variable that is null where it must not be: the field fails when it is executed.
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

function inputObjects(type: GraphQLInputType, value: unknown): number {
  if (value === undefined || value === null) return 0;
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    return (value as unknown[]).reduce<number>((sum, item) => sum + inputObjects(nullable.ofType, item), 0);
  }
  if (!isInputObjectType(nullable)) return 0;
  return Object.values(nullable.getFields()).reduce(
    (sum, field) => sum + inputObjects(field.type, (value as Values)[field.name]),
    1,
  );
}
