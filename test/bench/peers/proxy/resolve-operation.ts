import type * as rest from '../../../../src/contract/demand-api.js';
import type { DemandApi } from '../demand-api.js';

/** The relevant part of a GraphQL request. */
export interface Body {
  readonly operationName: string;
  readonly variables: {
    readonly id?: string;
    readonly projectId?: string;
    readonly first?: number;
    readonly input?: { readonly id: string; readonly version: string };
  };
}

/** Returns the `data` of a response in the shape of the gateway's graph. */
export async function resolveOperation(
  { operationName, variables }: Body,
  api: DemandApi,
  authorization: string,
): Promise<unknown> {
  const { id = '', projectId = '', first = 10, input = { id: '', version: '' } } = variables;
  switch (operationName) {
    case 'Run': {
      const { body, etag } = await api.get(runPath(id), authorization);
      return { fieldingRun: runOf(id, body as rest.FieldingRun, versionIn(etag)) };
    }
    case 'List': {
      const { body } = await api.get(listPath(projectId, first), authorization);
      return { targetGroups: listOf(projectId, body as rest.TargetGroupList) };
    }
    case 'Fanout': {
      const { body } = await api.get(listPath(projectId, first), authorization);
      const nodes = (body as rest.TargetGroupList).target_groups.map(async (item) => {
        const groupId = `${projectId}/${item.id}`;
        const runs = await api.get(`${groupPath(groupId)}/fielding-runs`, authorization);
        return withRun(groupId, item, runs.body as rest.FieldingRunList);
      });
      return { targetGroups: { nodes: await Promise.all(nodes) } };
    }
    case 'Pause': {
      const ifMatch = `W/"${input.version}"`;
      const { etag } = await api.post(`${runPath(input.id)}/pause`, authorization, ifMatch);
      const fieldingRun = { id: input.id, version: versionIn(etag) };
      return { pauseFieldingRun: { fieldingRun, userErrors: [] } };
    }
    default:
      throw new Error(`Unknown operation ${operationName}.`);
  }
}

function runOf(id: string, run: rest.FieldingRun, version: string | undefined) {
  return {
    id,
    status: run.status.toUpperCase(),
    startAt: run.start_fielding_at,
    endAt: run.end_fielding_at,
    lastChangedAt: run.last_changed_at,
    version: version ?? String(run.version),
  };
}

function listOf(projectId: string, { target_groups: items, has_more, next_cursor }: rest.TargetGroupList) {
  return {
    nodes: items.map((item) => itemOf(projectId, item)),
    pageInfo: { hasNextPage: has_more, endCursor: next_cursor ?? items.at(-1)?.id ?? null },
  };
}

function itemOf(projectId: string, item: rest.TargetGroupListItem) {
  const { statistics } = item;
  const progress = statistics?.progress?.value;
  return {
    id: `${projectId}/${item.id}`,
    name: item.name,
    status: item.status.toUpperCase(),
    locale: item.locale,
    createdAt: item.created_at,
    progress: progress && {
      currentCompletes: progress.current_completes,
      fillingGoal: progress.filling_goal,
    },
    statistics: {
      conversionRate: statistics?.conversion_rate?.value ?? null,
      incidenceRate: statistics?.incidence_rate?.value ?? null,
      medianLengthOfInterviewSeconds: statistics?.median_length_of_interview_seconds?.value ?? null,
    },
  };
}

function withRun(groupId: string, item: rest.TargetGroupListItem, { data: [run] }: rest.FieldingRunList) {
  return {
    id: groupId,
    name: item.name,
    status: item.status.toUpperCase(),
    fieldingRun: run && {
      id: `${groupId}/${run.id}`,
      status: run.status.toUpperCase(),
      version: String(run.version),
      startAt: run.start_fielding_at,
      endAt: run.end_fielding_at,
    },
  };
}

function versionIn(etag: string | undefined): string | undefined {
  return etag && /"(.+)"/.exec(etag)?.[1];
}

function listPath(projectId: string, first: number): string {
  const [account, project] = projectId.split('/');
  return `/demand/accounts/${account}/projects/${project}/target-groups?page_size=${first}`;
}

function groupPath(groupId: string): string {
  const [account, project, group] = groupId.split('/');
  return `/demand/accounts/${account}/projects/${project}/target-groups/${group}`;
}

function runPath(runId: string): string {
  const [account, project, group, run] = runId.split('/');
  return `/demand/accounts/${account}/projects/${project}/target-groups/${group}/fielding-runs/${run}`;
}
