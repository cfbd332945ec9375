import {
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';

/** `@cost` of the GraphQL Cost Directives specification (https://ibm.github.io/graphql-specs/cost-spec.html). */
export const costDirective = new GraphQLDirective({
  name: 'cost',
  description:
    'Weight of a field, argument or type in the estimated cost of an operation (IBM GraphQL Cost ' +
    'Directives). Default: 1 if its type has fields, otherwise 0. A field weighs 10 for each REST call ' +
    'that it makes.',
  locations: [
    DirectiveLocation.ARGUMENT_DEFINITION,
    DirectiveLocation.ENUM,
    DirectiveLocation.FIELD_DEFINITION,
    DirectiveLocation.INPUT_FIELD_DEFINITION,
    DirectiveLocation.OBJECT,
    DirectiveLocation.SCALAR,
  ],
  args: {
    weight: { type: new GraphQLNonNull(GraphQLString), description: 'Decimal number, e.g. `"10"`.' },
  },
});

const names = new GraphQLList(new GraphQLNonNull(GraphQLString));

/** `@listSize` of the same specification. */
export const listSizeDirective = new GraphQLDirective({
  name: 'listSize',
  description:
    'Number of items that a list counts with in the estimated cost of an operation (IBM GraphQL Cost ' +
    'Directives).',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    assumedSize: {
      type: GraphQLInt,
      description: 'Number of items to assume if no slicing argument is given.',
    },
    slicingArguments: {
      type: names,
      description: 'Arguments that limit the number of items. The largest one given counts.',
    },
    sizedFields: {
      type: names,
      description: 'Fields of the returned object that have this size. Default: the field itself.',
    },
    requireOneSlicingArgument: {
      type: GraphQLBoolean,
      defaultValue: true,
      description: 'Whether exactly one of the slicing arguments must be given.',
    },
  },
});
