import { isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';

/** The arguments of `@listSize`. No field of the schema requires a slicing argument. */
export interface ListSize {
  readonly assumedSize: number;
  /** The most items: requesting more is an error of the field, which makes no call. Not printed. */
  readonly maxSize?: number;
  /** Names of arguments of type `Int`, or of lists, whose lengths count. Default: the size is always the assumed one. */
  readonly slicingArguments?: readonly string[];
  /** Default: the field is the list itself. */
  readonly sizedFields?: readonly string[];
}

/** A REST call that an operation makes once, or once for each account or project, however often it is selected. */
export type SharedCall = 'accounts' | 'people' | 'project';

/** What a field costs. */
export interface FieldCost {
  /** The most REST calls that resolving the field once takes, without retries and rereads. Default: none. */
  readonly calls?: number;
  /** The same for each item of a list whose items are read separately. Default: the items are read with the list. */
  readonly callsPerItem?: number;
  /** A call that counts for the field that read the page, because its items share it. Default: none. */
  readonly shares?: SharedCall;
  /** Default: a list counts as one item. */
  readonly listSize?: ListSize;
}

/** Costs of fields by type. A field that is not listed makes no call. */
export type CostTable = Readonly<Record<string, Readonly<Record<string, FieldCost>>>>;

/** What a REST call adds to the weight of a field. */
export const CALL_WEIGHT = 10;

interface CostExtensions {
  readonly cost?: FieldCost;
}

/**
 * Attaches costs to the fields of a schema.
 *
 * @throws {TypeError} if the table names a field that does not exist
 */
export function applyCosts(schema: GraphQLSchema, table: CostTable): GraphQLSchema {
  for (const [typeName, fields] of Object.entries(table)) {
    const type = schema.getType(typeName);
    for (const [fieldName, cost] of Object.entries(fields)) {
      const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
      if (field === undefined) throw new TypeError(`The schema has no field ${typeName}.${fieldName}.`);
      field.extensions = { ...field.extensions, cost } satisfies CostExtensions;
    }
  }
  return schema;
}

const FREE: FieldCost = {};

export function costOf({ extensions }: GraphQLField<unknown, unknown>): FieldCost {
  return (extensions as CostExtensions).cost ?? FREE;
}

/** The directives that express the costs of a field in SDL, with their arguments. */
export function appliedDirectives(
  field: GraphQLField<unknown, unknown>,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const { calls = 0, listSize } = costOf(field);
  return {
    ...(calls > 0 && { cost: { weight: String(calls * CALL_WEIGHT) } }),
    ...(listSize && { listSize: listSizeArguments(listSize) }),
  };
}

function listSizeArguments({ assumedSize, slicingArguments, sizedFields }: ListSize) {
  return {
    assumedSize,
    sizedFields,
    ...(slicingArguments && { slicingArguments, requireOneSlicingArgument: false }),
  };
}
