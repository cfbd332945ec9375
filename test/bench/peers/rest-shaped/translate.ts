import { REST_IDS, type Operation } from '../../operations/operations.js';

interface Run {
  readonly id: string;
  readonly status: string;
  readonly version: number | string;
}

interface Value {
  readonly value?: unknown;
}

interface Item {
  readonly id: string;
  readonly status: string;
  readonly statistics?: {
    readonly progress?: Value | null;
    readonly conversion_rate?: Value | null;
    readonly incidence_rate?: Value | null;
    readonly median_length_of_interview_seconds?: Value | null;
  };
  readonly fielding_runs?: { readonly data: readonly Run[] };
}

interface RestResponse {
  readonly data: {
    readonly run?: Run;
    readonly list?: {
      readonly target_groups: readonly Item[];
      readonly has_more: boolean;
      readonly next_cursor?: string | null;
    };
  };
}

/**
 * Converts the response of a REST-shaped graph to the shape of our graph, so that the two can be compared.
 *
 * @param account the request's account
 */
export function translateRestShaped({ name }: Operation, response: unknown, account: string): unknown {
  const { run, list } = (response as RestResponse).data;
  const project = `${account}/${REST_IDS.project}`;
  if (run !== undefined) {
    return { data: { fieldingRun: runOf(`${project}/${REST_IDS.targetGroup}`, run) } };
  }
  if (list === undefined) throw new Error('The response has neither a run nor a list.');
  const { target_groups: items, has_more: hasNextPage, next_cursor: cursor } = list;
  const nodes = items.map((item) => (name === 'list' ? itemOf(project, item) : withRun(project, item)));
  if (name !== 'list') return { data: { targetGroups: { nodes } } };
  const pageInfo = { hasNextPage, endCursor: cursor ?? items.at(-1)?.id ?? null };
  return { data: { targetGroups: { nodes, pageInfo } } };
}

function runOf(groupId: string, { id, status, version, ...others }: Run) {
  return { id: `${groupId}/${id}`, status: status.toUpperCase(), version: String(version), ...others };
}

function itemOf(project: string, { id, status, statistics = {}, ...others }: Item) {
  return {
    ...others,
    id: `${project}/${id}`,
    status: status.toUpperCase(),
    progress: statistics.progress?.value ?? null,
    statistics: {
      conversionRate: statistics.conversion_rate?.value ?? null,
      incidenceRate: statistics.incidence_rate?.value ?? null,
      medianLengthOfInterviewSeconds: statistics.median_length_of_interview_seconds?.value ?? null,
    },
  };
}

function withRun(project: string, { id, status, fielding_runs: runs, ...others }: Item) {
  const groupId = `${project}/${id}`;
  const [run] = runs?.data ?? [];
  return {
    ...others,
    id: groupId,
    status: status.toUpperCase(),
    fieldingRun: run === undefined ? null : runOf(groupId, run),
  };
}
