import {
  buildSchema,
  isAbstractType,
  isEnumType,
  isObjectType,
  isScalarType,
  lexicographicSortSchema,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { isTypeOf, resolve, resolveType } from './random-resolvers.js';

const SDL = `
  enum Color { RED GREEN BLUE }
  scalar Odd
  input Point { x: Int!, y: Int = 7, color: Color = GREEN, more: [Point!] }
  input Choice @oneOf { text: String, number: Int }

  interface Named { name: String, again(text: String): Named }
  interface Titled implements Named { name: String, again(text: String): Named, title: String! }
  union Thing = Leaf | Branch | Tree

  type Leaf implements Named {
    name: String
    again(text: String): Leaf
    id: ID!
    int: Int
    float: Float!
    yes: Boolean
    color: Color
    odd: Odd
    texts: [String!]
    numbers: [[Int]!]
  }

  type Branch implements Named & Titled {
    name: String
    again(text: String): Named
    title: String!
    must: Leaf!
    may: Leaf
    leaves: [Leaf]
    allLeaves: [Leaf!]!
    branches: [Branch!]
    things: [Thing]
    named: Named!
    color: Color!
    odd: Odd!
    greet(name: String = "you", times: Int! = 2, color: Color = RED, odd: Odd): String
    count(of: ID!, limit: Int): Int!
  }

  type Tree implements Named & Titled {
    name: String
    again(text: String): Titled
    title: String!
    trunk: Branch!
    tops: [[Branch!]!]
    thing: Thing
    titled: [Titled!]!
    place(point: Point!, points: [Point!], choice: Choice): Odd
  }

  type Query {
    tree(at: Point, depth: Int = 3): Tree
    must: Tree!
    trees: [Tree!]
    thing(id: ID!): Thing
    named: Named
    leaf: Leaf
    text: String!
    texts(count: Int! = 3): [String]
  }

  type Mutation {
    grow(by: Int!): Tree
    cut: Branch!
    paint(color: Color!): Leaf
    say(text: String): String
  }

  type Subscription { grown: Tree }
`;

/** Fields of objects that have a resolver. */
const RESOLVED = ['again', 'must', 'leaves', 'thing', 'greet', 'place', 'texts', 'id'];

/** A schema with every kind of type and field that an executor handles differently, with random resolvers. */
export function createTestSchema(): GraphQLSchema {
  const schema = buildSchema(SDL);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isScalarType(type) && type.name === 'Odd') type.serialize = serializeOdd;
    if (isEnumType(type) && type.name === 'Color')
      for (const value of type.getValues()) value.value = { color: value.name };
    if (isAbstractType(type) && type.name === 'Named') type.resolveType = resolveType;
    if (isObjectType(type) && ['Leaf', 'Tree'].includes(type.name)) type.isTypeOf = isTypeOf(type.name);
  }
  const roots = [schema.getQueryType(), schema.getMutationType()];
  resolveFields(schema, (type, name) => roots.includes(type) || RESOLVED.includes(name));
  return schema;
}

/** A copy of a schema in which all resolvers are replaced by random ones. */
export function withRandomResolvers(original: GraphQLSchema): GraphQLSchema {
  // `lexicographicSortSchema` copies the schema.
  const schema = lexicographicSortSchema(original);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = resolveType;
  }
  resolveFields(schema, (type, name) => type.getFields()[name]?.resolve !== undefined);
  return schema;
}

function resolveFields(
  schema: GraphQLSchema,
  isResolved: (type: GraphQLObjectType, name: string) => boolean,
): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const [name, field] of Object.entries(type.getFields())) {
      if (isResolved(type, name)) field.resolve = resolve;
    }
  }
}

function serializeOdd(value: unknown): unknown {
  const number = Number(value);
  if (number % 4 === 0) throw new RangeError(`${number} is not odd at all.`);
  return number % 2 === 0 ? null : { odd: number };
}
