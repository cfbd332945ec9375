import { demoRows } from '../../src/emulator/seed/rows.js';
import { demo } from '../../src/emulator/index.js';
import type { PooledRun } from './client.js';
import type { RunStatus } from './mutations.js';

const DAY = 86_400_000;
const PROJECTS = [demo.largeProjectId, '01BTGNYV6HRNK8K8VKZASZCFM0', demo.projectId];

/**
 * The demo's fielding runs after a reset, each available once, so that a schedule finds its runs in their initial
 * state.
 */
export class RunPool {
  readonly #free = PROJECTS.map((projectId) => usable.filter((run) => run.projectId === projectId));

  /** Takes runs of one project with these statuses, in this order; undefined if none are left. */
  take(statuses: readonly RunStatus[]): PooledRun[] | undefined {
    for (const free of this.#free) {
      const rest = [...free];
      const taken = statuses.flatMap((status) => {
        const index = rest.findIndex((run) => run.status === status);
        return index === -1 ? [] : rest.splice(index, 1);
      });
      if (taken.length < statuses.length) continue;
      free.splice(0, free.length, ...rest);
      return taken;
    }
    return undefined;
  }
}

/** Runs that neither the clock nor their goal changes during the tests. They are the same after each reset. */
const usable = usableRuns(Date.now());

function usableRuns(now: number): readonly PooledRun[] {
  const { target_groups: groups = [], fielding_runs: runs = [] } = demoRows(now);
  const projectOf = new Map(groups.filter(isOpen).map((group) => [group['id'], String(group['project_id'])]));
  return runs.flatMap((run) => {
    const projectId = projectOf.get(run['target_group_id']);
    if (projectId === undefined || Number(run['end_at']) < now + DAY) return [];
    return {
      accountId: demo.accountId,
      projectId,
      targetGroupId: String(run['target_group_id']),
      fieldingRunId: String(run['id']),
      version: Number(run['version']),
      status: String(run['status']).toUpperCase() as RunStatus,
    };
  });
}

function isOpen(group: Readonly<Record<string, unknown>>): boolean {
  return group['archived'] === 0 && Number(group['current_completes']) < Number(group['filling_goal']);
}
