import type { ProjectStatistics } from '../../contract/demand-api.js';

/** The totals of a project's target groups. Each list holds one number per target group that has the statistic. */
export interface ProjectTotals {
  readonly targetGroupCount: number;
  /** Of launched target groups. */
  readonly fillingGoal: number;
  readonly currentCompletes: number;
  readonly currentPrescreens: number;
  readonly incidenceRates: readonly number[];
  readonly conversionRates: readonly number[];
  readonly dropOffRates: readonly number[];
  readonly interviewSeconds: readonly number[];
}

export const emptyTotals: ProjectTotals = {
  targetGroupCount: 0,
  fillingGoal: 0,
  currentCompletes: 0,
  currentPrescreens: 0,
  incidenceRates: [],
  conversionRates: [],
  dropOffRates: [],
  interviewSeconds: [],
};

export function projectStatistics(totals: ProjectTotals): ProjectStatistics {
  return {
    filling_goal: totals.fillingGoal,
    current_completes: totals.currentCompletes,
    current_prescreens: totals.currentPrescreens,
    incidence_rate_median: median(totals.incidenceRates),
    length_of_interview_median_seconds: Math.round(median(totals.interviewSeconds)),
    conversion_rate_average: mean(totals.conversionRates),
    drop_off_rate_average: mean(totals.dropOffRates),
  };
}

function mean(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return round(values.reduce((sum, value) => sum + value, 0) / values.length);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return mean(middle);
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
