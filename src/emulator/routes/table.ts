import { accountRoutes } from './accounts.js';
import { batchJobRoutes } from './batch-jobs.js';
import { draftJobRoutes } from './draft-jobs.js';
import { fieldingRunActionRoutes } from './fielding-run-actions.js';
import { fieldingRunRoutes } from './fielding-runs.js';
import { projectRoutes } from './projects.js';
import type { RouteTable } from './route.js';
import { targetGroupStatisticRoutes } from './target-group-statistics.js';
import { targetGroupRoutes } from './target-groups.js';
import { transitionRoutes } from './transitions.js';
import { webhookHistoryRoutes } from './webhook-history.js';
import { webhookRoutes } from './webhooks.js';

export const routes: RouteTable = {
  ...accountRoutes,
  ...projectRoutes,
  ...transitionRoutes,
  ...targetGroupRoutes,
  ...targetGroupStatisticRoutes,
  ...fieldingRunRoutes,
  ...fieldingRunActionRoutes,
  ...batchJobRoutes,
  ...draftJobRoutes,
  ...webhookRoutes,
  ...webhookHistoryRoutes,
};
