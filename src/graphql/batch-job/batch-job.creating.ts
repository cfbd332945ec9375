import type { RequestContext } from '../../context.js';
import type { BatchJobKind } from '../../contract/demand-api.js';
import { projectPath } from '../../upstream/resources/resource-ref.js';
import { inputPath, type InputPath } from '../errors/input-path.js';
import { startJob } from '../job/job.starting.js';
import type { TargetGroupsInput } from './batch-job.input.js';
import { BatchJobPayload } from './batch-job.payload.js';
import { selectionOf, type Selection } from './batch-job.validation.js';

/** Starts a job over the target groups of an input, once for each key. */
export async function startBatchJob(
  context: RequestContext,
  { targetGroupIds, idempotencyKey }: TargetGroupsInput,
  kind: BatchJobKind,
): Promise<BatchJobPayload> {
  const selection = selectionOf(targetGroupIds);
  const job =
    'project' in selection
      ? {
          use: useOf(kind, selection),
          field: ['targetGroupIds'],
          notFound: 'The project of these target groups was not found.',
          pathOf: pathInInput(targetGroupIds, selection),
          create: (key: string) =>
            context.client.createBatchJob(selection.project, kind, selection.targetGroupIds, key),
        }
      : selection;
  return new BatchJobPayload(await startJob(context, idempotencyKey, job));
}

/** Where in the input the parts of the request come from. A target group that was named twice has been sent once. */
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

/** What tells one use of a key from another. The order of the target groups does not. */
function useOf(kind: BatchJobKind, { project, targetGroupIds }: Selection): unknown {
  return [kind, projectPath(project), [...targetGroupIds].sort()];
}
