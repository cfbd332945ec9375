/**
 * Plain resolvers over REST bodies. Root resolvers map whole bodies, so that leaves need no resolvers. The context's `api`
 * has `get(path)` and `post(path, ifMatch)`, which return `{ body, etag }`.
 */
export const resolvers = {
  Query: {
    fieldingRun: async (_root, { id }, { api }) => {
      const { body, etag } = await api.get(runPath(id));
      return runOf(id, body, etag);
    },
    targetGroups: async (_root, { projectId, first = 10 }, { api }) => {
      const [account, project] = projectId.split('/');
      const { body } = await api.get(
        `/demand/accounts/${account}/projects/${project}/target-groups?page_size=${first}`,
      );
      return connectionOf(projectId, body);
    },
  },
  Mutation: {
    pauseFieldingRun: async (_root, { input: { id, version } }, { api }) => {
      const { etag } = await api.post(`${runPath(id)}/pause`, `W/"${version}"`);
      return { fieldingRun: { id, version: versionIn(etag) }, userErrors: [] };
    },
  },
  TargetGroup: {
    fieldingRun: async ({ id }, _args, { api }) => {
      const { body } = await api.get(`${groupPath(id)}/fielding-runs`);
      const [run] = body.data;
      return run === undefined ? null : runOf(`${id}/${run.id}`, run);
    },
  },
};

function runOf(id, run, etag) {
  return {
    id,
    status: run.status.toUpperCase(),
    startAt: run.start_fielding_at,
    endAt: run.end_fielding_at,
    lastChangedAt: run.last_changed_at,
    version: versionIn(etag) ?? String(run.version),
  };
}

function connectionOf(projectId, { target_groups: items, has_more: hasNextPage, next_cursor: cursor }) {
  return {
    nodes: items.map((item) => targetGroupOf(projectId, item)),
    pageInfo: { hasNextPage, endCursor: cursor ?? items.at(-1)?.id ?? null },
  };
}

function targetGroupOf(projectId, { id, name, status, locale, created_at: createdAt, statistics }) {
  const progress = statistics.progress?.value;
  return {
    id: `${projectId}/${id}`,
    name,
    status: status.toUpperCase(),
    locale,
    createdAt,
    progress: progress && {
      currentCompletes: progress.current_completes,
      fillingGoal: progress.filling_goal,
    },
    statistics: {
      conversionRate: statistics.conversion_rate?.value,
      incidenceRate: statistics.incidence_rate?.value,
      medianLengthOfInterviewSeconds: statistics.median_length_of_interview_seconds?.value,
    },
  };
}

function versionIn(etag) {
  return etag?.match(/"(.+)"/)?.[1];
}

function groupPath(id) {
  const [account, project, group] = id.split('/');
  return `/demand/accounts/${account}/projects/${project}/target-groups/${group}`;
}

function runPath(id) {
  return `${groupPath(id)}/fielding-runs/${id.split('/')[3]}`;
}
