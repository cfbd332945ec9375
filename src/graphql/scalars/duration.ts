import { GraphQLScalarType } from 'graphql';
import { GraphQLDuration } from 'graphql-scalars';
import { withBadUserInput } from './bad-user-input.js';

/** A length of time, as ISO 8601 text. It is passed on as it was written. */
export const Duration = withBadUserInput(
  new GraphQLScalarType<string, string>({
    ...GraphQLDuration.toConfig(),
    description:
      'A length of time as ISO 8601 text, e.g. `PT1H` for an hour, `P1D` for a day, `P1W` for a week.',
  }),
);
