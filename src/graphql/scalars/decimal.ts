import { GraphQLScalarType } from 'graphql';

/** A number as text, to keep every digit. Output only. */
export const Decimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description:
    'Decimal number as text, e.g. `"2.7352"`, with all the digits of the REST API. Do not convert it to a ' +
    'float if cents matter.',
  serialize: String,
});
