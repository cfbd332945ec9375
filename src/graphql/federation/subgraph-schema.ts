import {
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  isInterfaceType,
  type GraphQLFieldConfig,
} from 'graphql';
import { requireScopes } from '../../auth/authorization.js';
import type { RequestContext } from '../../context.js';
import type { FieldCost } from '../cost/cost.js';
import { itemsOf } from '../items.js';
import { findNode } from '../node/node.reading.js';
import { entityRef } from './representation.js';
import { subgraphSdl } from './subgraph-sdl.js';

type Field = GraphQLFieldConfig<unknown, RequestContext>;

/** A target group may be a draft, which is found only after the overview of launched ones. */
const ENTITIES_COST: FieldCost = {
  callsPerItem: 2,
  listSize: { assumedSize: 1, slicingArguments: ['representations'] },
};

/** A schema with the two fields that make it a subgraph: `_service` and `_entities` (Apollo Federation 2). */
export function subgraphSchema(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig();
  const query = config.query;
  if (!query) throw new TypeError('A subgraph must have a query type.');
  const { fields, ...type } = query.toConfig();
  const subgraph = { _service: serviceField(subgraphSdl(schema)), _entities: entitiesField(schema) };
  return new GraphQLSchema({
    ...config,
    query: new GraphQLObjectType({ ...type, fields: { ...fields, ...subgraph } }),
    types: config.types.filter((each) => each !== query),
  });
}

function serviceField(sdl: string): Field {
  const service = new GraphQLObjectType({
    name: '_Service',
    description: 'This graph as a part of a larger one (Apollo Federation).',
    fields: { sdl: { type: GraphQLString, description: 'Schema with the directives of federation.' } },
  });
  return {
    type: new GraphQLNonNull(service),
    description: 'What a supergraph is composed from.',
    resolve: () => ({ sdl }),
  };
}

function entitiesField(schema: GraphQLSchema): Field {
  const node = schema.getType('Node');
  if (!isInterfaceType(node)) throw new TypeError('The schema has no interface `Node`.');
  const entity = new GraphQLUnionType({
    name: '_Entity',
    description: 'Object that other graphs can refer to by its `id`.',
    types: schema.getPossibleTypes(node),
    resolveType: (value, context, info) => node.resolveType?.(value, context, info, node),
  });
  const any = new GraphQLScalarType({
    name: '_Any',
    description: 'Object with `__typename` and `id`, e.g. `{ __typename: "Account", id: "101" }`.',
  });
  return {
    type: new GraphQLNonNull(new GraphQLList(entity)),
    description: 'Objects by their ids, for routers. One that does not exist is null.',
    args: {
      representations: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(any))),
        description: 'Which objects.',
      },
    },
    extensions: { cost: ENTITIES_COST },
    resolve(_root, { representations }: { readonly representations: readonly unknown[] }, context, info) {
      requireScopes(context.principal.grants, ['fielding:read']);
      return itemsOf(representations.length, (index) =>
        findNode(context, entityRef(context.principal, representations[index], index), info),
      );
    },
  };
}
