import { BatchJobKind, type BatchJob } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import { notFound } from '../http/problem.js';
import { objectSchema, targetGroupIds } from '../http/schemas.js';
import { stepBatchJob } from '../jobs/batch-job.js';
import {
  findBatchJob,
  insertBatchJob,
  listBatchJobItems,
  type BatchJobItem,
  type BatchJobRecord,
} from '../store/batch-jobs.js';
import { projectAt } from './find.js';
import { registerJob } from './job-creation.js';
import type { RouteOf, RouteTable } from './route.js';

type CreationKey =
  'POST /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/pause-fielding-runs-by-target-group-id';
type ReadKey =
  'GET /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/pause-fielding-runs-by-target-group-id/{job_id}';

const { Pause, Resume, Launch, Complete, Relaunch } = BatchJobKind;

export const batchJobRoutes = {
  'POST /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/pause-fielding-runs-by-target-group-id':
    creation(Pause),
  'GET /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/pause-fielding-runs-by-target-group-id/{job_id}':
    read(Pause),
  'POST /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/resume-fielding-runs-by-target-group-id':
    creation(Resume),
  'GET /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/resume-fielding-runs-by-target-group-id/{job_id}':
    read(Resume),
  'POST /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/launch-fielding-runs-by-target-group-id':
    creation(Launch),
  'GET /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/launch-fielding-runs-by-target-group-id/{job_id}':
    read(Launch),
  'POST /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/complete-fielding-runs-by-target-group-id':
    creation(Complete),
  'GET /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/complete-fielding-runs-by-target-group-id/{job_id}':
    read(Complete),
  'POST /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/relaunch-fielding-runs-by-target-group-id':
    creation(Relaunch),
  'GET /demand/accounts/{account_id}/projects/{project_id}/batch-jobs/relaunch-fielding-runs-by-target-group-id/{job_id}':
    read(Relaunch),
} satisfies Partial<RouteTable>;

function creation(kind: BatchJobKind): RouteOf<CreationKey> {
  return {
    needsKey: true,
    body: objectSchema({ target_group_ids: targetGroupIds }, ['target_group_ids']),
    handle: (call, services) => {
      const { path, body, caller, now } = call;
      const ref = { accountId: path.account_id, projectId: projectAt(services, path).id };
      const id = services.newId();
      // The reference's example starts at /demand, without the base's /v1, and has a short job kind that no
      // endpoint serves.
      const location = `/demand/accounts/${ref.accountId}/projects/${ref.projectId}/batch-jobs/${kind}/${id}`;
      const idempotencyKey = registerJob(call, services, {
        ...ref,
        id,
        operation: 'create_batch_job',
        location,
      });
      insertBatchJob(
        services.database,
        { ...ref, id, kind, idempotencyKey, createdBy: caller.userId, createdAt: now },
        [...new Set(body.target_group_ids)],
      );
      services.jobs.start(() => stepBatchJob(services, id));
      return { status: 201, headers: { location } };
    },
  };
}

function read(kind: BatchJobKind): RouteOf<ReadKey> {
  return {
    handle: ({ path }, services) => {
      const project = projectAt(services, path);
      const job = findBatchJob(services.database, path.job_id);
      if (job?.projectId !== project.id || job.kind !== kind) throw notFound('The job');
      return { status: 200, body: view(job, listBatchJobItems(services.database, job.id)) };
    },
  };
}

function view(job: BatchJobRecord, items: readonly BatchJobItem[]): BatchJob {
  const updated = items.filter((item) => item.outcome === 'updated');
  const failed = items.filter((item) => item.outcome === 'failed');
  return {
    job_id: job.id,
    created_at: timestamp(job.createdAt),
    created_by: job.createdBy,
    status: job.status,
    updated_target_groups: {
      data: updated.map((item) => ({ target_group_id: item.targetGroupId })),
      has_more: false,
    },
    failed_target_groups: {
      data: failed.map((item) => ({
        target_group_id: item.targetGroupId,
        failure_reason: { code: item.failureCode ?? '', description: item.failureDescription ?? '' },
      })),
      has_more: false,
    },
  };
}
