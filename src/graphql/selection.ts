import { isObjectType, type GraphQLResolveInfo } from 'graphql';
// Not in graphql-js's index, but the very function that its executor collects with.
import { collectSubfields } from 'graphql/execution/collectFields.js';

/**
 * The names of the fields that an operation selects directly on the object that a field answers, fragments and
 * `@skip`/`@include` considered.
 *
 * @param typeName the object type that the field answers
 */
export function selectedFields(info: GraphQLResolveInfo, typeName: string): ReadonlySet<string> {
  const type = info.schema.getType(typeName);
  if (!isObjectType(type)) throw new TypeError(`${typeName} is no object type of the schema.`);
  const fields = collectSubfields(info.schema, info.fragments, info.variableValues, type, info.fieldNodes);
  const names = new Set<string>();
  for (const [field] of fields.values()) if (field !== undefined) names.add(field.name.value);
  return names;
}
