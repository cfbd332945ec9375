import type { Draw } from './draw.js';
import type { NamedTargetGroup } from './plan.js';
import type { Row } from './row.js';
import { situations, type Situation } from './situations.js';
import { DAY, HOUR } from './time.js';
import { audiences, fillingStrategies, locales } from './words.js';

/** From how many completes on the API has figures to show. */
const ENOUGH_COMPLETES = 5;

/** Where a target group is. */
export interface Place {
  readonly projectId: string;
  readonly humanReadableId: string;
  readonly managerId: string;
  readonly customerReferenceNumber: string | null;
  readonly isExclusive: boolean;
  readonly createdAt: number;
}

/** One target group in its situation, as it is at `now`, with its run if it has one. */
export function drawTargetGroup(
  draw: Draw,
  named: NamedTargetGroup,
  place: Place,
  now: number,
): { readonly group: Row; readonly run: Row | undefined } {
  const situation: Situation = situations[named.situation];
  const startAt = now + wholeHours(named.startDays ?? draw.between(situation.startDays));
  const endAt = now + wholeHours(draw.between(situation.endDays));
  const { locale, country } = draw.oneOf(locales);
  const goal = draw.whole([5, 100]) * 10;
  const completes = progressOf(draw, situation, goal);
  const lastActiveAt = Math.min(now, endAt) - draw.whole([1, 36]) * HOUR;
  const updatedAt = completes === 0 ? place.createdAt + draw.whole([1, 72]) * HOUR : lastActiveAt;
  const isDraft = situation.status === undefined;
  const group = {
    id: named.targetGroupId,
    project_id: place.projectId,
    human_readable_id: place.humanReadableId,
    name: `${draw.oneOf(audiences)}, ${country}`,
    project_manager_id: place.managerId,
    locale,
    archived: situation.archived === true ? 1 : 0,
    filling_goal: goal,
    filling_strategy: draw.oneOf(fillingStrategies),
    current_completes: completes,
    current_prescreens: Math.ceil(completes * draw.between([1.2, 3])),
    last_complete_at: completes === 0 ? null : lastActiveAt,
    ...figuresOf(draw, completes),
    cost_per_interview: draw.price([1.2, 7.5]),
    customer_reference_number: place.customerReferenceNumber,
    exclusion_enabled: place.isExclusive ? 1 : 0,
    draft_start_at: isDraft ? startAt : null,
    draft_end_at: isDraft ? endAt : null,
    created_at: place.createdAt,
    updated_at: updatedAt,
  };
  if (situation.status === undefined || named.fieldingRunId === undefined) return { group, run: undefined };
  const run = {
    id: named.fieldingRunId,
    target_group_id: named.targetGroupId,
    status: situation.status,
    version: named.version ?? draw.whole(situation.version),
    start_at: startAt,
    end_at: endAt,
    last_changed_at: updatedAt,
    last_changed_by: place.managerId,
  };
  return { group, run };
}

function figuresOf(draw: Draw, completes: number): Row {
  const figures = {
    incidence_rate: draw.rate([0.2, 0.9]),
    conversion_rate: draw.rate([0.3, 0.8]),
    drop_off_rate: draw.rate([0.02, 0.25]),
    median_interview_seconds: draw.whole([240, 1500]),
    earnings_per_click: draw.price([0.2, 2.5]),
  };
  if (completes >= ENOUGH_COMPLETES) return figures;
  return Object.fromEntries(Object.keys(figures).map((name) => [name, null]));
}

/** Rounded towards the side of the goal that the situation is on. */
function progressOf(draw: Draw, { progress }: Situation, goal: number): number {
  const completes = goal * draw.between(progress);
  return progress[0] >= 1 ? Math.ceil(completes) : Math.floor(completes);
}

function wholeHours(days: number): number {
  return Math.round((days * DAY) / HOUR) * HOUR;
}
