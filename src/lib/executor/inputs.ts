import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type GraphQLList,
} from 'graphql';

/**
 * Coerces an input value. Returns undefined for invalid and unusual values, which are left to graphql-js with all of its
 * rules and error messages.
 */
export type Coerce = (input: unknown) => unknown;

type Check = (input: unknown) => boolean;

/** The inputs that the specified scalars return unchanged. */
const UNCHANGED: ReadonlyMap<GraphQLInputType, Check> = new Map<GraphQLInputType, Check>([
  [GraphQLString, (input) => typeof input === 'string'],
  [GraphQLID, (input) => typeof input === 'string'],
  [GraphQLInt, (input) => typeof input === 'number' && (input | 0) === input],
  [GraphQLFloat, (input) => typeof input === 'number' && Number.isFinite(input)],
  [GraphQLBoolean, (input) => typeof input === 'boolean'],
]);

/** Whether literals of the type have an immutable value. */
export function hasConstantLiterals(type: GraphQLInputType): boolean {
  return isNonNullType(type) ? hasConstantLiterals(type.ofType) : UNCHANGED.has(type) || isEnumType(type);
}

const coercions = new WeakMap<GraphQLInputType, Coerce>();

/** Coerces as graphql-js's `coerceInputValue` does. Cached, because input types can be recursive. */
export function coercionFor(type: GraphQLInputType): Coerce {
  const known = coercions.get(type);
  if (known !== undefined) return known;
  const coerce = isNonNullType(type) ? nonNull(coercionFor(type.ofType)) : nullable(coercionOf(type));
  coercions.set(type, coerce);
  return coerce;
}

function nonNull(coerce: Coerce): Coerce {
  return (input) => coerce(input) ?? undefined;
}

function nullable(coerce: Coerce): Coerce {
  return (input) => (input === undefined || input === null ? null : coerce(input));
}

function coercionOf(type: GraphQLLeafType | GraphQLInputObjectType | GraphQLList<GraphQLInputType>): Coerce {
  if (isListType(type)) return list(coercionFor(type.ofType));
  if (isInputObjectType(type)) return object(type);
  const isUnchanged = UNCHANGED.get(type);
  return isUnchanged === undefined ? parse(type) : (input) => (isUnchanged(input) ? input : undefined);
}

function parse(type: GraphQLLeafType): Coerce {
  return (input) => {
    try {
      return type.parseValue(input) as unknown;
    } catch {
      return undefined;
    }
  };
}

/** Single values and other iterables are left to graphql-js. */
function list(coerce: Coerce): Coerce {
  return (input) => {
    if (!Array.isArray(input)) return undefined;
    const items = Array.from(input, (item) => coerce(item));
    return items.includes(undefined) ? undefined : items;
  };
}

interface InputField {
  readonly name: string;
  readonly coerce: Coerce;
  readonly defaultValue: unknown;
  readonly nullable: boolean;
}

function object(type: GraphQLInputObjectType): Coerce {
  // Lazy, because the type may refer to itself.
  let fields: ReadonlyMap<string, InputField> | undefined;
  return (input) => {
    if (typeof input !== 'object' || Array.isArray(input) || type.isOneOf) return undefined;
    fields ??= fieldsOf(type);
    return coerceFields(fields, input as Readonly<Record<string, unknown>>);
  };
}

function fieldsOf(type: GraphQLInputObjectType): ReadonlyMap<string, InputField> {
  const fields = Object.values(type.getFields());
  return new Map(
    fields.map(({ name, type: ofField, defaultValue: defaultValue }) => [
      name,
      { name, coerce: coercionFor(ofField), defaultValue, nullable: !isNonNullType(ofField) },
    ]),
  );
}

function coerceFields(
  fields: ReadonlyMap<string, InputField>,
  input: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const object = Object.create(null) as Record<string, unknown>;
  for (const { name, coerce, defaultValue, nullable: isOptional } of fields.values()) {
    const given = input[name];
    if (given !== undefined) {
      object[name] = coerce(given);
      if (object[name] === undefined) return undefined;
    } else if (defaultValue !== undefined) {
      object[name] = defaultValue;
    } else if (!isOptional) {
      return undefined;
    }
  }
  return Object.keys(input).every((name) => fields.has(name)) ? object : undefined;
}
