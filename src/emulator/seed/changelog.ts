import { StatusChangeReason, TargetGroupStatus, type TargetGroupChange } from '../../contract/demand-api.js';
import { actorOf, SYSTEM_USER_ID, statusChange } from '../changes.js';
import type { Row } from './row.js';
import { MINUTE } from './time.js';

interface HistoryEntry {
  readonly at: number;
  readonly userId: string;
  readonly changes: readonly TargetGroupChange[];
}

/** A history that leads to the seeded state of each target group, oldest entry first. */
export function changelogRows(
  drawn: readonly { readonly groups: readonly Row[]; readonly runs: readonly Row[] }[],
): Row[] {
  const rows = drawn.flatMap(({ groups, runs }) => {
    const runOf = new Map(runs.map((run) => [run['target_group_id'], run]));
    return groups.flatMap((group) =>
      historyOf(group, runOf.get(String(group['id']))).map((entry) => rowOf(group, entry)),
    );
  });
  return rows.map((row, index) => ({ id: idOf(index), ...row }));
}

function historyOf(group: Row, run: Row | undefined): HistoryEntry[] {
  const manager = String(group['project_manager_id']);
  const goal = Number(group['filling_goal']);
  const setUp: HistoryEntry = {
    at: Number(group['created_at']) + MINUTE,
    userId: manager,
    changes: [
      { object: 'filling_goal_change', new_value: goal, old_value: Math.ceil(goal / 2) },
      {
        object: 'cpi_change',
        new_value: usd(Number(group['cost_per_interview'])),
        old_value: usd(Number(group['cost_per_interview']) + 0.5),
      },
    ],
  };
  return run === undefined ? [setUp] : [setUp, ...statusesOf(group, run, manager)];
}

const { Draft, Scheduled, Live, Completed } = TargetGroupStatus;

function statusesOf(group: Row, run: Row, manager: string): HistoryEntry[] {
  const status = Object.values(TargetGroupStatus).find((one) => one === String(run['status'])) ?? Draft;
  const launch = (to: TargetGroupStatus, at: number): HistoryEntry => ({
    at,
    userId: manager,
    changes: [statusChange(Draft, to)],
  });
  if (status === Scheduled) return [launch(Scheduled, Number(run['last_changed_at']))];
  if (status === Live) return [launch(Live, Number(run['start_at']))];
  const reason = status === Completed ? reasonFor(group, run) : undefined;
  return [
    launch(Live, Number(run['start_at'])),
    {
      at: Number(run['last_changed_at']),
      userId: reason === undefined ? manager : SYSTEM_USER_ID,
      changes: [statusChange(Live, status, reason)],
    },
  ];
}

function reasonFor(group: Row, run: Row): StatusChangeReason | undefined {
  if (Number(group['current_completes']) >= Number(group['filling_goal'])) {
    return StatusChangeReason.TotalCompletesReached;
  }
  const isPastEnd = Number(run['end_at']) <= Number(run['last_changed_at']) + 2 * 24 * 60 * MINUTE;
  return isPastEnd ? StatusChangeReason.PastScheduledEndDate : undefined;
}

function rowOf(group: Row, { at, userId, changes }: HistoryEntry): Row {
  const user = actorOf(userId);
  return {
    target_group_id: group['id'] ?? null,
    occurred_at: at,
    changed_by: user.type,
    user_id: user.type === 'las_user' ? user.las_user_id : null,
    changes: JSON.stringify(changes),
  };
}

function usd(amount: number): { value: string; currency_code: string; currency_scale: number } {
  return { value: amount.toFixed(2), currency_code: 'USD', currency_scale: 2 };
}

/** A UUID that is the same in every seeding. */
function idOf(index: number): string {
  return `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}
