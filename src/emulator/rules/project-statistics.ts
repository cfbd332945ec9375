import type { ProjectStatistics } from '../../contract/demand-api.js';

/** One launched target group's share in its project's figures; null where it has no figure yet. */
export interface TargetGroupFigures {
  readonly fillingGoal: number;
  readonly currentCompletes: number;
  readonly currentPrescreens: number;
  readonly incidenceRate: number | null;
  readonly conversionRate: number | null;
  readonly dropOffRate: number | null;
  readonly medianInterviewSeconds: number | null;
}

export function projectStatistics(groups: readonly TargetGroupFigures[]): ProjectStatistics {
  const known = (figure: (group: TargetGroupFigures) => number | null): number[] =>
    groups.map(figure).filter((value) => value !== null);
  return {
    filling_goal: sum(groups.map((group) => group.fillingGoal)),
    current_completes: sum(groups.map((group) => group.currentCompletes)),
    current_prescreens: sum(groups.map((group) => group.currentPrescreens)),
    incidence_rate_median: median(known((group) => group.incidenceRate)),
    length_of_interview_median_seconds: median(known((group) => group.medianInterviewSeconds)),
    conversion_rate_average: mean(known((group) => group.conversionRate)),
    drop_off_rate_average: mean(known((group) => group.dropOffRate)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : round(sum(values) / values.length);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return mean(middle);
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
