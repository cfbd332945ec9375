import type { FieldingRun } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import { etagOf } from '../http/etag.js';
import { findRunOfTargetGroup, type RunRecord } from '../store/fielding-runs.js';
import { fieldingRunAt, targetGroupAt } from './find.js';
import type { RouteTable } from './route.js';

export const fieldingRunRoutes = {
  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs': {
    handle: ({ path }, services) => {
      const run = findRunOfTargetGroup(services.database, targetGroupAt(services, path).id);
      return { status: 200, body: { data: run === undefined ? [] : [view(run)], has_more: false } };
    },
  },

  // The contract documents no 304, so `If-None-Match` is ignored.
  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}':
    {
      handle: ({ path }, services) => {
        const run = fieldingRunAt(services, path);
        return fieldingRunResponse(run);
      },
    },
} satisfies Partial<RouteTable>;

export function fieldingRunResponse(run: RunRecord) {
  return { status: 200, headers: { etag: etagOf(run.version) }, body: view(run) } as const;
}

function view(run: RunRecord): FieldingRun {
  return {
    id: run.id,
    last_changed_at: timestamp(run.lastChangedAt),
    last_changed_by: run.lastChangedBy,
    start_fielding_at: timestamp(run.startAt),
    end_fielding_at: timestamp(run.endAt),
    status: run.status,
    version: run.version,
  };
}
