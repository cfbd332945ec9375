import type { RequestContext } from '../../context.js';
import type { BatchJobKind } from '../../contract/demand-api.js';
import { projectPath } from '../../upstream/resources/resource-ref.js';
import { inputPath, type InputPath } from '../errors/input-path.js';
import { startJob } from '../job/job.starting.js';
import type { TargetGroupsInput } from './batch-job.input.js';
import { BatchJobPayload } from './batch-job.payload.js';
import { selectionOf, type Selection } from './batch-job.validation.js';

/** Starts a batch job for the given target groups, once per idempotency key. */
export async function startBatchJob(
  context: RequestContext,
  { targetGroupIds, idempotencyKey }: TargetGroupsInput,
  kind: BatchJobKind,
): Promise<BatchJobPayload> {
  const selection = selectionOf(context.principal, targetGroupIds);
  const job =
    'project' in selection
      ? {
          fingerprint: fingerprintOf(kind, selection),
          field: ['targetGroupIds'],
          notFound: 'There is no project with these target groups.',
          notAllowed: 'The current state of the target groups does not allow this change.',
          pathOf: pathInInput(targetGroupIds, selection),
          create: (key: string) =>
            context.client.createBatchJob(selection.project, kind, selection.targetGroupIds, key),
        }
      : selection;
  return new BatchJobPayload(await startJob(context, idempotencyKey, job));
}

/**
 * Maps names in the request to paths in the input. Duplicate target groups are sent only once, so indexes can differ.
 */
function pathInInput(ids: readonly string[], { targetGroupIds: sent }: Selection): InputPath {
  return inputPath(
    {
      account_id: ['targetGroupIds'],
      project_id: ['targetGroupIds'],
      target_group_ids: ['targetGroupIds'],
      target_group_id: ['targetGroupIds'],
      idempotency_key: ['idempotencyKey'],
    },
    (index) => {
      const targetGroupId = sent[index];
      return targetGroupId === undefined
        ? undefined
        : ids.findIndex((id) => id.endsWith(`/${targetGroupId}`));
    },
  );
}

/** Identifies what an idempotency key was used for. The order of the target groups does not matter. */
function fingerprintOf(kind: BatchJobKind, { project, targetGroupIds }: Selection): unknown {
  return [kind, projectPath(project), [...targetGroupIds].sort()];
}
