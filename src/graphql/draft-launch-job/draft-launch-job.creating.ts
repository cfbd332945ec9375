import type { RequestContext } from '../../context.js';
import type { DraftLaunch } from '../../upstream/client/job-calls.js';
import { targetGroupPath } from '../../upstream/resources/resource-ref.js';
import { inputPath } from '../errors/input-path.js';
import { ValidationError } from '../errors/user-error.type.js';
import { periodErrors, type PeriodInput } from '../fielding-run/fielding-run.validation.js';
import { startJob } from '../job/job.starting.js';
import { refOf } from '../node/node-id.js';
import type { DraftLaunchInput } from './draft-launch-job.input.js';
import { DraftLaunchJobPayload } from './draft-launch-job.payload.js';

/** Maps names in the request to paths in the input. */
const PATH_IN_INPUT = inputPath({
  account_id: ['id'],
  project_id: ['id'],
  target_group_id: ['id'],
  start_fielding_at: ['startAt'],
  end_fielding_at: ['endAt'],
  idempotency_key: ['idempotencyKey'],
});

/** Starts a job that launches or schedules a draft, once per idempotency key. */
export async function startDraftLaunch(
  context: RequestContext,
  input: DraftLaunchInput & PeriodInput,
): Promise<DraftLaunchJobPayload> {
  const { id, idempotencyKey } = input;
  const ref = refOf(context.principal, 'TargetGroup', id);
  const errors = [
    ...(typeof ref === 'string' ? [new ValidationError(`\`id\` ${ref}`, ['id'])] : []),
    ...periodErrors(input),
  ];
  if (typeof ref === 'string' || errors.length > 0) {
    return new DraftLaunchJobPayload(await startJob(context, idempotencyKey, errors));
  }
  const launch = launchOf(input);
  const job = {
    fingerprint: [launch.action, targetGroupPath(ref), launch.request],
    field: ['id'],
    notFound: 'There is no target group with this id.',
    notAllowed: 'The current state of the target group does not allow this change.',
    pathOf: PATH_IN_INPUT,
    create: (key: string) => context.client.createDraftLaunchJob(ref, launch, key),
  };
  return new DraftLaunchJobPayload(await startJob(context, idempotencyKey, job));
}

function launchOf({ startAt, endAt }: PeriodInput): DraftLaunch {
  const end = { end_fielding_at: endAt.toISOString() };
  return startAt === undefined
    ? { action: 'launch-from-draft', request: end }
    : { action: 'schedule-from-draft', request: { start_fielding_at: startAt.toISOString(), ...end } };
}
