import type { DraftJobFailureDetail, FieldingRunJob } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import { invalidParam, notFound } from '../http/problem.js';
import { objectSchema, timestampText } from '../http/schemas.js';
import { stepDraftJob } from '../jobs/draft-job.js';
import type { Services } from '../services.js';
import { findDraftJob, insertDraftJob, type DraftJobKind } from '../store/draft-jobs.js';
import { registerJob } from './job-creation.js';
import type { ResponseOf, CallOf, RouteOf, RouteTable } from './route.js';

type LaunchKey =
  'POST /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-run-jobs/launch-from-draft';
type ReadKey =
  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-run-jobs/launch-from-draft/{job_id}';

export const draftJobRoutes = {
  'POST /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-run-jobs/launch-from-draft':
    {
      needsKey: true,
      body: objectSchema({ end_fielding_at: timestampText }, ['end_fielding_at']),
      handle: (call, services) =>
        create('launch', call, services, { startAt: null, endAt: Date.parse(call.body.end_fielding_at) }),
    },

  'POST /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-run-jobs/schedule-from-draft':
    {
      needsKey: true,
      body: objectSchema({ start_fielding_at: timestampText, end_fielding_at: timestampText }, [
        'start_fielding_at',
        'end_fielding_at',
      ]),
      handle: (call, services) => {
        const startAt = Date.parse(call.body.start_fielding_at);
        const endAt = Date.parse(call.body.end_fielding_at);
        if (endAt <= startAt) throw invalidParam('end_fielding_at', 'must be after start_fielding_at');
        return create('schedule', call, services, { startAt, endAt });
      },
    },

  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-run-jobs/launch-from-draft/{job_id}':
    read('launch'),
  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-run-jobs/schedule-from-draft/{job_id}':
    read('schedule'),
} satisfies Partial<RouteTable>;

function create(
  kind: DraftJobKind,
  call: Omit<CallOf<LaunchKey>, 'body'>,
  services: Services,
  period: { readonly startAt: number | null; readonly endAt: number },
): ResponseOf<LaunchKey> {
  const { path, caller, now, traceId } = call;
  const ref = {
    accountId: path.account_id,
    projectId: path.project_id,
    targetGroupId: path.target_group_id,
  };
  const id = services.newId();
  const location =
    `/demand/accounts/${ref.accountId}/projects/${ref.projectId}/target-groups/${ref.targetGroupId}` +
    `/fielding-run-jobs/${kind}-from-draft/${id}`;
  const job = { ...ref, id, operation: 'create_draft_job', location };
  const idempotencyKey = registerJob(call, services, job);
  insertDraftJob(services.database, {
    ...ref,
    ...period,
    id,
    kind,
    idempotencyKey,
    createdBy: caller.userId,
    createdAt: now,
    traceId,
  });
  services.jobs.start(() => stepDraftJob(services, id));
  return { status: 201, headers: { location } };
}

function read(kind: DraftJobKind): RouteOf<ReadKey> {
  return {
    handle: ({ path }, services) => {
      const job = findDraftJob(services.database, path.job_id);
      const isThere =
        job?.accountId === path.account_id &&
        job.projectId === path.project_id &&
        job.targetGroupId === path.target_group_id &&
        job.kind === kind;
      if (!isThere) throw notFound('The job');
      const body: FieldingRunJob = {
        job_id: job.id,
        created_at: timestamp(job.createdAt),
        created_by: job.createdBy,
        status: job.status,
        job_trace_id: job.traceId,
        ...(job.createdFieldingRunId !== null && { created_fielding_run_id: job.createdFieldingRunId }),
        ...(job.failureCode !== null && {
          failure_reason: {
            code: job.failureCode,
            description: job.failureDescription ?? '',
            reasons: JSON.parse(job.failureReasons) as DraftJobFailureDetail[],
          },
        }),
      };
      return { status: 200, body };
    },
  };
}
