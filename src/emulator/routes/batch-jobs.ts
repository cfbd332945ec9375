import type { BatchJob } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import { notFound } from '../http/problem.js';
import { objectSchema, targetGroupIds } from '../http/schemas.js';
import { stepBatchJob } from '../jobs/batch-job.js';
import { kindOfOperation, kindOfSegment } from '../rules/batch-job.js';
import {
  findBatchJob,
  insertBatchJob,
  listBatchJobItems,
  type BatchJobItem,
  type BatchJobRecord,
} from '../store/batch-jobs.js';
import { projectAt } from './find.js';
import { registerJob } from './job-creation.js';
import type { RouteTable } from './route.js';

export const batchJobRoutes = {
  'POST /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/{operation}': {
    keyed: true,
    body: objectSchema({ target_group_ids: targetGroupIds }, ['target_group_ids']),
    handle: (call, services) => {
      const { path, body, caller, now } = call;
      const kind = kindOfOperation(path.operation);
      if (kind === undefined) throw notFound('The operation');
      const place = { accountId: path.account_id, projectId: projectAt(services, path).id };
      const id = services.newId();
      // The reference's example is rooted at /demand, without the base's /v1, and has the short name of the kind.
      const location = `/demand/accounts/${place.accountId}/projects/${place.projectId}/batch-jobs/${kind}/${id}`;
      const job = { ...place, id, operation: 'create_batch_job', location };
      const idempotencyKey = registerJob(call, services, job);
      insertBatchJob(
        services.database,
        { ...place, id, kind, idempotencyKey, createdBy: caller.userId, createdAt: now },
        [...new Set(body.target_group_ids)],
      );
      services.jobs.start(() => stepBatchJob(services, id));
      return { status: 201, headers: { location } };
    },
  },

  'GET /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/{operation}/{job_id}': {
    handle: ({ path }, services) => {
      const project = projectAt(services, path);
      const job = findBatchJob(services.database, path.job_id);
      if (job?.projectId !== project.id || job.kind !== kindOfSegment(path.operation)) {
        throw notFound('The job');
      }
      return { status: 200, body: view(job, listBatchJobItems(services.database, job.id)) };
    },
  },
} satisfies Partial<RouteTable>;

function view(job: BatchJobRecord, items: readonly BatchJobItem[]): BatchJob {
  const updated = items.filter((item) => item.outcome === 'updated');
  const failed = items.filter((item) => item.outcome === 'failed');
  return {
    job_id: job.id,
    created_at: timestamp(job.createdAt),
    status: job.status,
    updated_target_groups: { data: updated.map(named), has_more: false },
    failed_target_groups: {
      data: failed.map((item) => ({
        ...named(item),
        failure_reason: { code: item.failureCode ?? '', description: item.failureDescription ?? '' },
      })),
      has_more: false,
    },
  };
}

function named(item: BatchJobItem): { target_group_id: string; target_group_name?: string } {
  return {
    target_group_id: item.targetGroupId,
    ...(item.targetGroupName !== null && { target_group_name: item.targetGroupName }),
  };
}
