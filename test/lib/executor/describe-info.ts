import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';

/** A resolver's arguments and info as text. */
export function describeInfo(args: object, info: GraphQLResolveInfo): string {
  const { path, parentType, returnType, schema, fragments, operation, fieldNodes, ...rest } = info;
  const types: (string | undefined)[] = [];
  for (let at: typeof path | undefined = path; at !== undefined; at = at.prev) types.push(at.typename);
  return JSON.stringify({
    args,
    path: responsePathAsArray(path),
    types,
    parentType,
    returnType,
    hasSchema: schema.getQueryType() !== undefined,
    fragments: Object.keys(fragments),
    operation: operation.name?.value,
    nodes: fieldNodes.map(({ loc }) => loc?.start),
    ...rest,
  });
}
