import { objectSchema, targetGroupIds } from '../http/schemas.js';
import { notFound } from '../http/problem.js';
import { decide, type RunAction } from '../rules/fielding-run.js';
import { findRunOfTargetGroup } from '../store/fielding-runs.js';
import { findTargetGroup } from '../store/target-groups.js';
import { projectAt } from './find.js';
import type { RouteTable } from './route.js';

export const transitionRoutes = {
  'POST /demand/accounts/{account_id}/projects/{project_id}/compute-target-group-transitions': {
    body: objectSchema({ target_group_ids: targetGroupIds }, ['target_group_ids']),
    handle: ({ path, body, now }, services) => {
      const { database } = services;
      const project = projectAt(services, path);
      const runs = body.target_group_ids.map((id) => {
        if (findTargetGroup(database, path.account_id, project.id, id) === undefined) {
          throw notFound(`The target group ${id}`);
        }
        return findRunOfTargetGroup(database, id);
      });
      const allowed = (action: RunAction): boolean =>
        runs.every((run) => run !== undefined && 'change' in decide(action, run, now));
      return {
        status: 200,
        body: {
          target_groups: body.target_group_ids,
          is_launch_allowed: allowed('launch_now'),
          is_pause_allowed: allowed('pause'),
          is_resume_allowed: allowed('resume'),
          is_relaunch_allowed: allowed('relaunch'),
          is_finish_allowed: allowed('complete'),
        },
      };
    },
  },
} satisfies Partial<RouteTable>;
