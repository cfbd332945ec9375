import type { FieldingRun } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import { etagOf, matchesVersion, parseTags } from '../http/etag.js';
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

  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}':
    {
      handle: ({ path, header, caller }, services) => {
        const ifNoneMatch = header('if-none-match');
        const known = ifNoneMatch === undefined ? [] : parseTags('If-None-Match', ifNoneMatch);
        const run = fieldingRunAt(services, path);
        const headers = { etag: etagOf(run.version) };
        if (matchesVersion(known, run.version) && services.knownVersions.knows(caller, run)) {
          return { status: 304, headers };
        }
        services.knownVersions.tell(caller, run);
        return fieldingRunAnswer(run);
      },
    },
} satisfies Partial<RouteTable>;

export function fieldingRunAnswer(run: RunRecord) {
  return { status: 200, headers: { etag: etagOf(run.version) }, body: view(run) } as const;
}

function view(run: RunRecord): FieldingRun {
  return {
    id: run.id,
    account_id: String(run.accountId),
    project_id: run.projectId,
    target_group_id: run.targetGroupId,
    status: run.status,
    version: run.version,
    start_fielding_at: timestamp(run.startAt),
    end_fielding_at: timestamp(run.endAt),
    last_changed_at: timestamp(run.lastChangedAt),
    last_changed_by: run.lastChangedBy,
  };
}
