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
 * What an input is coerced to; undefined where it is not valid, or out of the ordinary. What comes of it then is for
 * graphql-js to tell, which knows all of the rules, and the words for what is wrong.
 */
export type Coerce = (input: unknown) => unknown;

type Check = (input: unknown) => boolean;

/** Which inputs the specified scalars take as they are. */
const AS_THEY_ARE: ReadonlyMap<GraphQLInputType, Check> = new Map<GraphQLInputType, Check>([
  [GraphQLString, (input) => typeof input === 'string'],
  [GraphQLID, (input) => typeof input === 'string'],
  [GraphQLInt, (input) => typeof input === 'number' && (input | 0) === input],
  [GraphQLFloat, (input) => typeof input === 'number' && Number.isFinite(input)],
  [GraphQLBoolean, (input) => typeof input === 'boolean'],
]);

/** Whether what a literal of the type means is the same each time, and nobody can change it. */
export function hasConstants(type: GraphQLInputType): boolean {
  return isNonNullType(type) ? hasConstants(type.ofType) : AS_THEY_ARE.has(type) || isEnumType(type);
}

const coercions = new WeakMap<GraphQLInputType, Coerce>();

/** Coerces as graphql-js' `coerceInputValue` does. Made once for each type, which may hold itself. */
export function coercionTo(type: GraphQLInputType): Coerce {
  const known = coercions.get(type);
  if (known !== undefined) return known;
  const coerce = isNonNullType(type) ? nonNull(coercionTo(type.ofType)) : nullable(coercionOf(type));
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
  if (isListType(type)) return list(coercionTo(type.ofType));
  if (isInputObjectType(type)) return object(type);
  const isAsItIs = AS_THEY_ARE.get(type);
  return isAsItIs === undefined ? parse(type) : (input) => (isAsItIs(input) ? input : undefined);
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

/** What is no array may be a list of one, or something else that can be iterated over. */
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
  readonly byDefault: unknown;
  readonly nullable: boolean;
}

function object(type: GraphQLInputObjectType): Coerce {
  // Gone into when there is an object: its type may be among those of its own fields.
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
    fields.map(({ name, type: ofField, defaultValue: byDefault }) => [
      name,
      { name, coerce: coercionTo(ofField), byDefault, nullable: !isNonNullType(ofField) },
    ]),
  );
}

function coerceFields(
  fields: ReadonlyMap<string, InputField>,
  input: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const object = Object.create(null) as Record<string, unknown>;
  for (const { name, coerce, byDefault, nullable: mayBeLeftOut } of fields.values()) {
    const given = input[name];
    if (given !== undefined) {
      object[name] = coerce(given);
      if (object[name] === undefined) return undefined;
    } else if (byDefault !== undefined) {
      object[name] = byDefault;
    } else if (!mayBeLeftOut) {
      return undefined;
    }
  }
  return Object.keys(input).every((name) => fields.has(name)) ? object : undefined;
}
