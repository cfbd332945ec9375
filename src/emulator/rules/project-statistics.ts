import type { ProjectStatistics } from '../../contract/demand-api.js';

/** What a project's target groups come to. The lists hold a number for each target group that has the figure. */
export interface ProjectFigures {
  readonly targetGroupCount: number;
  /** Of the launched ones. */
  readonly fillingGoal: number;
  readonly currentCompletes: number;
  readonly currentPrescreens: number;
  readonly incidenceRates: readonly number[];
  readonly conversionRates: readonly number[];
  readonly dropOffRates: readonly number[];
  readonly interviewSeconds: readonly number[];
}

/** The figures of a project without target groups. */
export const noFigures: ProjectFigures = {
  targetGroupCount: 0,
  fillingGoal: 0,
  currentCompletes: 0,
  currentPrescreens: 0,
  incidenceRates: [],
  conversionRates: [],
  dropOffRates: [],
  interviewSeconds: [],
};

export function projectStatistics(figures: ProjectFigures): ProjectStatistics {
  return {
    filling_goal: figures.fillingGoal,
    current_completes: figures.currentCompletes,
    current_prescreens: figures.currentPrescreens,
    incidence_rate_median: median(figures.incidenceRates),
    length_of_interview_median_seconds: Math.round(median(figures.interviewSeconds)),
    conversion_rate_average: mean(figures.conversionRates),
    drop_off_rate_average: mean(figures.dropOffRates),
  };
}

function mean(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return round(values.reduce((sum, value) => sum + value, 0) / values.length);
}

/** Of an even number of values, the mean of the middle two. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return mean(middle);
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
