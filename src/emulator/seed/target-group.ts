import type { FieldingRunStatus } from '../../contract/demand-api.js';
import type { Draw } from './draw.js';
import { situations, type Situation, type SituationName } from './situations.js';
import { audiences, fillingStrategies, locales } from './words.js';

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
/** From how many completes on the API has figures to show. */
const ENOUGH_COMPLETES = 5;

export interface SeededTargetGroup {
  readonly name: string;
  readonly locale: string;
  readonly archived: 0 | 1;
  readonly fillingGoal: number;
  readonly fillingStrategy: string;
  readonly currentCompletes: number;
  readonly currentPrescreens: number;
  readonly lastCompleteAt: number | null;
  readonly incidenceRate: number | null;
  readonly conversionRate: number | null;
  readonly dropOffRate: number | null;
  readonly medianInterviewSeconds: number | null;
  readonly costPerInterview: number;
  readonly earningsPerClick: number | null;
  readonly updatedAt: number;
  readonly startAt: number;
  readonly endAt: number;
  /** Undefined for a draft. */
  readonly run: { readonly status: FieldingRunStatus; readonly version: number } | undefined;
}

/** One target group in a situation, as it is at `now`. */
export function drawTargetGroup(
  draw: Draw,
  name: SituationName,
  now: number,
  createdAt: number,
  fixed: { readonly version?: number | undefined; readonly startDays?: number | undefined },
): SeededTargetGroup {
  const situation: Situation = situations[name];
  const startAt = now + Math.round((fixed.startDays ?? draw.between(situation.startDays)) * 24) * HOUR;
  const endAt = now + Math.round(draw.between(situation.endDays) * 24) * HOUR;
  const { locale, country } = draw.oneOf(locales);
  const fillingGoal = draw.whole([5, 100]) * 10;
  const completes = progressOf(draw, situation, fillingGoal);
  const lastActive = Math.min(now, endAt) - draw.whole([1, 36]) * HOUR;
  const lastCompleteAt = completes === 0 ? null : Math.max(lastActive, startAt + HOUR);
  const hasFigures = completes >= ENOUGH_COMPLETES;
  const figures = {
    incidenceRate: draw.rate([0.2, 0.9]),
    conversionRate: draw.rate([0.3, 0.8]),
    dropOffRate: draw.rate([0.02, 0.25]),
    medianInterviewSeconds: draw.whole([240, 1500]),
    earningsPerClick: draw.price([0.2, 2.5]),
  };
  const noFigures = {
    incidenceRate: null,
    conversionRate: null,
    dropOffRate: null,
    medianInterviewSeconds: null,
    earningsPerClick: null,
  };
  return {
    name: `${draw.oneOf(audiences)}, ${country}`,
    locale,
    archived: situation.archived === true ? 1 : 0,
    fillingGoal,
    fillingStrategy: draw.oneOf(fillingStrategies),
    currentCompletes: completes,
    currentPrescreens: Math.ceil(completes * draw.between([1.2, 3])),
    lastCompleteAt,
    ...(hasFigures ? figures : noFigures),
    costPerInterview: draw.price([1.2, 7.5]),
    updatedAt: lastCompleteAt ?? createdAt + draw.whole([1, 72]) * HOUR,
    startAt,
    endAt,
    run: situation.status && {
      status: situation.status,
      version: fixed.version ?? draw.whole(situation.version),
    },
  };
}

/** Rounded towards the side of the goal that the situation is on. */
function progressOf(draw: Draw, { progress }: Situation, goal: number): number {
  const completes = goal * draw.between(progress);
  return progress[0] >= 1 ? Math.ceil(completes) : Math.floor(completes);
}
