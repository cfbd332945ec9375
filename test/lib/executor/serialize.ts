import type { ExecutionResult, GraphQLError, ResponsePath } from 'graphql';

/** A result as text. The order of properties and errors counts; prototypes do not. */
export function serialized({ data, errors, ...rest }: ExecutionResult): string {
  return JSON.stringify(
    { data, errors: errors?.map(serializableError), rest: Object.keys(rest) },
    preserveNonJson,
    1,
  );
}

/**
 * The part of a result that does not depend on which of two errors comes first, as text: the data, and for each null in it
 * the error of that very field, or that an error below it propagated. Which of several errors propagates is not specified,
 * nor whether the others are in the response (GraphQL, 6.4.4).
 */
export function serializedRegardlessOfRaces({ data, errors = [], ...rest }: ExecutionResult): string {
  const atNulls = errors.map((error) => {
    const { path = [] } = error;
    const depth = nullDepth(data, path);
    return depth === path.length
      ? JSON.stringify(serializableError(error), preserveNonJson)
      : `propagated to ${path.slice(0, depth).join('.')}`;
  });
  const sorted = [...new Set(atNulls)].sort();
  return JSON.stringify({ data, errors: sorted, rest: Object.keys(rest) }, preserveNonJson, 1);
}

/** The length of the part of the path that leads to a null. */
function nullDepth(data: unknown, path: readonly ResponsePath['key'][]): number {
  let value = data;
  for (const [depth, key] of path.entries()) {
    if (value === null || value === undefined) return depth;
    value = (value as Readonly<Record<string | number, unknown>>)[key];
  }
  return path.length;
}

function serializableError(error: GraphQLError): unknown {
  const { message, path, locations, extensions, originalError, nodes, positions, source } = error;
  return {
    type: error.constructor.name,
    message,
    path,
    locations,
    extensions,
    nodes: nodes?.map(({ kind, loc }) => `${kind} ${loc?.start}`),
    positions,
    source: source?.body.length,
    original: originalError && [String(originalError), Object.entries(originalError)],
  };
}

/** Values that JSON would omit or change. */
function preserveNonJson(_key: string, value: unknown): unknown {
  if (value === undefined) return '(undefined)';
  if (typeof value === 'number' && (Object.is(value, -0) || !Number.isFinite(value)))
    return `(${String(value)})`;
  if (typeof value === 'symbol' || typeof value === 'function' || typeof value === 'bigint')
    return String(value);
  return value;
}
