import type { ExecutionResult, GraphQLError } from 'graphql';

/** All that can be told from a result, as text: the order of properties and of errors counts, prototypes do not. */
export function told({ data, errors, ...rest }: ExecutionResult): string {
  return JSON.stringify({ data, errors: errors?.map(errorTold), rest: Object.keys(rest) }, exactly, 1);
}

function errorTold(error: GraphQLError): unknown {
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

/** What JSON would leave out. */
function exactly(_key: string, value: unknown): unknown {
  if (value === undefined) return '(undefined)';
  if (typeof value === 'number' && (Object.is(value, -0) || !Number.isFinite(value)))
    return `(${String(value)})`;
  if (typeof value === 'symbol' || typeof value === 'function' || typeof value === 'bigint')
    return String(value);
  return value;
}
