import { demoRows } from '../../src/emulator/seed/rows.js';
import { demo } from '../../src/emulator/index.js';
import type { StageRun } from './client.js';
import type { RunStatus } from './mutations.js';

const DAY = 86_400_000;
const PROJECTS = [demo.largeProjectId, '01BTGNYV6HRNK8K8VKZASZCFM0', demo.projectId];

/**
 * The demo's fielding runs as they are after a reset, each to be had once: what a schedule does to its runs is then all
 * that ever happened to them, and it begins the same wherever it runs.
 */
export class Stage {
  readonly #free: ReadonlyMap<string, StageRun[]>;

  constructor(now: number) {
    this.#free = new Map(PROJECTS.map((projectId) => [projectId, usableRuns(projectId, now)]));
  }

  /** Runs of one project with these statuses, in this order; undefined where there are none left. */
  take(statuses: readonly RunStatus[]): StageRun[] | undefined {
    for (const free of this.#free.values()) {
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

/** Those that no clock and no goal will move while the tests run. */
function usableRuns(projectId: string, now: number): StageRun[] {
  const { target_groups: groups = [], fielding_runs: runs = [] } = demoRows(now);
  const open = new Set(
    groups
      .filter(
        (group) =>
          group['project_id'] === projectId &&
          group['archived'] === 0 &&
          Number(group['current_completes']) < Number(group['filling_goal']),
      )
      .map((group) => group['id']),
  );
  return runs
    .filter((run) => open.has(run['target_group_id']!) && Number(run['end_at']) > now + DAY)
    .map((run) => ({
      accountId: demo.accountId,
      projectId,
      targetGroupId: String(run['target_group_id']),
      fieldingRunId: String(run['id']),
      version: Number(run['version']),
      status: String(run['status']).toUpperCase() as RunStatus,
    }));
}
