import { GraphQLScalarType } from 'graphql';

/** A number as text, so that no digit is lost. Answers alone have it. */
export const Decimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description:
    'A decimal number as text, e.g. `"2.7352"`, with all the digits that the API gave. Do not read it as a float where ' +
    'cents matter.',
  serialize: String,
});
