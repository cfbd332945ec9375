import { GraphQLError, Kind } from 'graphql';
import { UpstreamError } from '../../upstream/errors.js';
import { inputPath, withInputNames, type InputPath } from './input-path.js';

/**
 * The result of a read whose parameters come from arguments of a query. If the API rejects them, the error names the
 * arguments.
 *
 * @param fields paths of arguments by name of the REST parameter; see `inputPath`
 */
export async function namingArguments<T>(
  read: Promise<T>,
  fields: Readonly<Record<string, readonly string[]>>,
  item?: (index: number) => number | undefined,
): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.code !== 'INVALID_REQUEST') throw error;
    const pathOf = inputPath(fields, item);
    const { detail, invalidParams } = error.details;
    throw error.with({
      detail: detail && withInputNames(detail, pathOf),
      invalidParams: invalidParams?.map(({ name, reason }) => ({
        name: inWords(name, pathOf),
        reason: reason && withInputNames(reason, pathOf),
      })),
    });
  }
}

/** A REST name as the path of its argument, or else unchanged. */
export function inWords(name: string, pathOf: InputPath): string {
  const path = pathOf(name);
  return path === null ? name : `\`${path.join('.')}\``;
}

/** The arguments that may have an id in a REST path, the most specific ones first. */
const ID_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  account_id: ['accountId', 'projectId', 'id'],
  project_id: ['projectId', 'id'],
  target_group_id: ['targetGroupId', 'id'],
  fielding_run_id: ['id'],
  job_id: ['id'],
};

/** Maps ids in the REST path to the argument of the failed field that they come from. */
export function idArgumentsOf(thrown: unknown): InputPath {
  const nodes = (thrown instanceof GraphQLError ? thrown.nodes : undefined) ?? [];
  const given = nodes.flatMap((node) =>
    node.kind === Kind.FIELD ? (node.arguments ?? []).map(({ name }) => name.value) : [],
  );
  return inputPath(
    Object.fromEntries(
      Object.entries(ID_ARGUMENTS).flatMap(([name, candidates]) => {
        const argument = candidates.find((candidate) => given.includes(candidate));
        return argument === undefined ? [] : [[name, [argument]]];
      }),
    ),
  );
}
