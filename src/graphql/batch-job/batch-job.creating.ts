import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../context.js';
import type { BatchJobKind } from '../../contract/demand-api.js';
import { UpstreamError } from '../../upstream/errors.js';
import { projectPath } from '../../upstream/place.js';
import { IdempotencyConflictError } from '../errors/user-error.type.js';
import { inputPath, type InputPath } from '../errors/input-path.js';
import { toUserErrors } from '../errors/user-errors.js';
import type { TargetGroupsInput } from './batch-job.input.js';
import { BatchJobPayload } from './batch-job.payload.js';
import { idempotencyKeyErrors, selectionOf, type Selection } from './batch-job.validation.js';

/** Starts a job over the target groups of an input, once for each key. */
export async function startBatchJob(
  context: RequestContext,
  { targetGroupIds, idempotencyKey }: TargetGroupsInput,
  kind: BatchJobKind,
): Promise<BatchJobPayload> {
  const key = idempotencyKey ?? randomUUID();
  const selection = selectionOf(targetGroupIds);
  const errors = [...('project' in selection ? [] : selection), ...idempotencyKeyErrors(key)];
  if (!('project' in selection) || errors.length > 0) return BatchJobPayload.refused(key, ...errors);

  const { credentialKey } = context.principal;
  const claim = await context.idempotencyKeys.claim(credentialKey, key, useOf(kind, selection));
  if (claim === undefined) return BatchJobPayload.refused(key, keyConflict());
  try {
    const { project, targetGroupIds: ids } = selection;
    return BatchJobPayload.created(key, await context.client.createBatchJob(project, kind, ids, key));
  } catch (error) {
    if (error instanceof UpstreamError && error.details.outcomeUnknown !== true) await claim.release();
    const pathOf = pathInInput(targetGroupIds, selection);
    return BatchJobPayload.refused(key, ...toUserErrors(error, { field: ['targetGroupIds'], pathOf }));
  } finally {
    context.loaders.clear();
  }
}

/** Where in the input the parts of the request come from. A target group that was named twice has been sent once. */
function pathInInput(ids: readonly string[], { targetGroupIds: sent }: Selection): InputPath {
  return inputPath(
    {
      account_id: ['targetGroupIds'],
      project_id: ['targetGroupIds'],
      target_group_ids: ['targetGroupIds'],
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

function keyConflict(): IdempotencyConflictError {
  return new IdempotencyConflictError(
    'The idempotency key has been used for other input. Use a new key for a new intent.',
    ['idempotencyKey'],
  );
}
