import { isObjectType, type GraphQLResolveInfo } from 'graphql';
// Not exported by graphql-js's index, but it is the function that its executor uses.
import { collectSubfields } from 'graphql/execution/collectFields.js';

/**
 * The names of the fields that an operation selects on the result of a field, respecting fragments, `@skip` and
 * `@include`.
 *
 * @param typeName the object type of the field
 */
export function selectedFields(info: GraphQLResolveInfo, typeName: string): ReadonlySet<string> {
  const type = info.schema.getType(typeName);
  if (!isObjectType(type)) throw new TypeError(`${typeName} must be an object type of the schema.`);
  const fields = collectSubfields(info.schema, info.fragments, info.variableValues, type, info.fieldNodes);
  const names = new Set<string>();
  for (const [field] of fields.values()) if (field !== undefined) names.add(field.name.value);
  return names;
}
