/**
 * Plain resolvers over REST bodies. The context's `api` has `get(path)` and `post(path, ifMatch)`, which return `{
 * body, etag }`.
 */

export const resolvers = {
  Query: {
    fieldingRun: async (_root, { id }, { api }) => {
      const { body, etag } = await api.get(runPath(id));
      return { ...body, nodeId: id, etag };
    },
    targetGroups: async (_root, { projectId, first = 10 }, { api }) => {
      const [account, project] = projectId.split('/');
      const { body } = await api.get(
        `/demand/accounts/${account}/projects/${project}/target-groups?page_size=${first}`,
      );
      return { ...body, projectId };
    },
  },
  Mutation: {
    pauseFieldingRun: async (_root, { input: { id, version } }, { api }) => {
      const { etag } = await api.post(`${runPath(id)}/pause`, `W/"${version}"`);
      return { fieldingRun: { nodeId: id, etag }, userErrors: [] };
    },
  },
  TargetGroupConnection: {
    nodes: ({ target_groups: items, projectId }) =>
      items.map((item) => ({ ...item, nodeId: `${projectId}/${item.id}` })),
    pageInfo: (list) => list,
  },
  PageInfo: {
    endCursor: (list) => list.next_cursor ?? list.target_groups.at(-1)?.id ?? null,
    hasNextPage: (list) => list.has_more,
  },
  TargetGroup: {
    id: ({ nodeId }) => nodeId,
    createdAt: (item) => item.created_at,
    status: ({ status }) => status.toUpperCase(),
    progress: ({ statistics }) => statistics.progress?.value,
  },
  TargetGroupProgress: {
    currentCompletes: (progress) => progress.current_completes,
    fillingGoal: (progress) => progress.filling_goal,
  },
  TargetGroupStatistics: {
    conversionRate: (statistics) => statistics.conversion_rate?.value,
    incidenceRate: (statistics) => statistics.incidence_rate?.value,
    medianLengthOfInterviewSeconds: (statistics) => statistics.median_length_of_interview_seconds?.value,
  },
  FieldingRun: {
    id: ({ nodeId }) => nodeId,
    status: ({ status }) => status.toUpperCase(),
    startAt: (run) => run.start_fielding_at,
    endAt: (run) => run.end_fielding_at,
    lastChangedAt: (run) => run.last_changed_at,
    version: ({ version, etag }) => etag?.match(/"(.+)"/)?.[1] ?? String(version),
  },
};

/** Reads the run of a target group from the list of its runs. */
export async function fieldingRunOf({ nodeId }, { api }) {
  const [account, project, group] = nodeId.split('/');
  const path = `/demand/accounts/${account}/projects/${project}/target-groups/${group}/fielding-runs`;
  const { body } = await api.get(path);
  const [run] = body.data;
  return run === undefined ? null : { ...run, nodeId: `${nodeId}/${run.id}` };
}

function runPath(id) {
  const [account, project, group, run] = id.split('/');
  return `/demand/accounts/${account}/projects/${project}/target-groups/${group}/fielding-runs/${run}`;
}
