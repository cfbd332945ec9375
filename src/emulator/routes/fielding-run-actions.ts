import { changeRun } from '../changes.js';
import { timestamp } from '../clock.js';
import { etagOf, matchesVersion, parseTags } from '../http/etag.js';
import { invalidParam, invalidState, preconditionFailed } from '../http/problem.js';
import { objectSchema, timestampText } from '../http/schemas.js';
import { decide, decidePeriod, type Decision, type RunAction } from '../rules/fielding-run.js';
import type { Services } from '../services.js';
import type { RunRecord } from '../store/fielding-runs.js';
import { fieldingRunAt } from './find.js';
import type { CallOf, RouteOf, RouteTable } from './route.js';

type PauseKey =
  'POST /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}/pause';
type ActionCall = Pick<CallOf<PauseKey>, 'path' | 'header' | 'caller' | 'traceId' | 'now'>;

export const fieldingRunActionRoutes = {
  'PUT /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}':
    {
      body: objectSchema({ start_fielding_at: timestampText, end_fielding_at: timestampText }, [
        'start_fielding_at',
        'end_fielding_at',
      ]),
      handle: (call, services) => {
        const startAt = Date.parse(call.body.start_fielding_at);
        const endAt = Date.parse(call.body.end_fielding_at);
        if (endAt <= startAt)
          throw invalidParam(
            'end_fielding_at',
            'must be after start_fielding_at',
            'The end must be after the start.',
          );
        const run = runToChange(call, services);
        // A started run keeps its start, so that its end can still be changed.
        if (startAt < call.now && startAt !== run.startAt)
          throw invalidParam('start_fielding_at', 'must not be in the past', 'The start is in the past.');
        if (endAt <= call.now)
          throw invalidParam('end_fielding_at', 'must not be in the past', 'The end is in the past.');
        const changed = apply(call, services, run, 'update_period', decidePeriod({ startAt, endAt }, run));
        return { status: 202, headers: { etag: etagOf(changed.version) }, body: { id: changed.id } };
      },
    },

  'POST /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}/launch-now':
    {
      handle: (call, services) => {
        const run = act(call, services, 'launch_now');
        return {
          status: 200,
          headers: { etag: etagOf(run.version) },
          body: { start_fielding_at: timestamp(run.startAt), end_fielding_at: timestamp(run.endAt) },
        };
      },
    },

  'POST /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}/pause':
    actionWithoutBody('pause'),
  'POST /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}/resume':
    actionWithoutBody('resume'),
  'POST /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}/complete':
    actionWithoutBody('complete'),
  'POST /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}/relaunch':
    actionWithoutBody('relaunch'),
} satisfies Partial<RouteTable>;

/** An action without a response body; the new version is in the `ETag`. */
function actionWithoutBody(action: RunAction): RouteOf<PauseKey> {
  return {
    handle: (call, services) => ({
      status: 204,
      headers: { etag: etagOf(act(call, services, action).version) },
    }),
  };
}

function act(call: ActionCall, services: Services, action: RunAction): RunRecord {
  const run = runToChange(call, services);
  return apply(call, services, run, action, decide(action, run, call.now));
}

/** Finds the run and checks that the caller has seen its current version. @throws Problem 400, 404, 412 */
function runToChange(call: ActionCall, services: Services): RunRecord {
  const ifMatch = call.header('if-match');
  if (ifMatch === undefined) throw invalidParam('If-Match', 'is required');
  const condition = parseTags('If-Match', ifMatch);
  const run = fieldingRunAt(services, call.path);
  if (!matchesVersion(condition, run.version)) throw preconditionFailed();
  return run;
}

/** @throws Problem 422 if the action is rejected */
function apply(
  { caller, traceId, now }: ActionCall,
  services: Services,
  run: RunRecord,
  operation: string,
  decision: Decision,
): RunRecord {
  if ('rejection' in decision) throw invalidState(decision.rejection.description);
  return changeRun(services, run, decision.change, {
    at: now,
    cause: 'action',
    operation,
    userId: caller.userId,
    traceId,
  });
}
