import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLSchema,
  GraphQLString,
  specifiedDirectives,
} from 'graphql';
import { appliedDirectives } from '../cost/cost.js';
import { listSizeDirective } from '../cost/cost.directives.js';
import { printedWith } from '../printed-schema.js';

/** The version that has `@cost` and `@listSize`. */
const SPECIFICATION = 'https://specs.apollo.dev/federation/v2.9';

const key = new GraphQLDirective({
  name: 'key',
  locations: [DirectiveLocation.OBJECT],
  args: { fields: { type: new GraphQLNonNull(GraphQLString) } },
});
const shareable = new GraphQLDirective({
  name: 'shareable',
  locations: [DirectiveLocation.OBJECT, DirectiveLocation.FIELD_DEFINITION],
});
/** The weight is a whole number in federation, and text in the GraphQL Cost Directives specification. */
const cost = new GraphQLDirective({
  name: 'cost',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: { weight: { type: new GraphQLNonNull(GraphQLInt) } },
});
const DIRECTIVES = [key, shareable, cost, listSizeDirective];

/**
 * The SDL that a supergraph is composed from (Apollo Federation 2). Objects with a globally unique id are entities, by
 * `id`. What every Relay server has, `PageInfo` and `Query.node`, may be in other subgraphs, too.
 *
 * @param schema without `_service` and `_entities`, which composition adds by itself
 */
export function subgraphSdl(schema: GraphQLSchema): string {
  const linked = new GraphQLSchema({ ...schema.toConfig(), directives: specifiedDirectives });
  const sdl = printedWith(linked, {
    directives: DIRECTIVES,
    ofType: (type) => ({
      ...(type.getInterfaces().some(({ name }) => name === 'Node') && { key: { fields: 'id' } }),
      ...(type.name === 'PageInfo' && { shareable: {} }),
    }),
    ofField: (field, type) => ({
      ...(type === linked.getQueryType() && field.name === 'node' && { shareable: {} }),
      ...appliedDirectives(field),
    }),
  });
  const imports = DIRECTIVES.map(({ name }) => `"@${name}"`).join(', ');
  return `extend schema @link(url: "${SPECIFICATION}", import: [${imports}])\n\n${sdl}`;
}
