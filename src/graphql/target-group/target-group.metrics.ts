import type * as rest from '../../contract/demand-api.js';

/** Statistics of a target group, in the same form for every REST call that returns them. */
export interface TargetGroupMetrics {
  readonly conversionRate: number | null;
  readonly dropOffRate: number | null;
  readonly incidenceRate: number | null;
  readonly medianLengthOfInterviewSeconds: number | null;
  readonly averageCostPerInterview: rest.MonetaryAmount | null;
  readonly earningsPerClick: rest.MonetaryAmount | null;
  readonly earningsPerClickPerMinute: rest.MonetaryAmount | null;
  readonly currentCostPerInterview: rest.MonetaryAmount | null;
  readonly currentCost: rest.MonetaryAmount | null;
  readonly lastCompleteAt: string | null;
  /** The statistics of a list item, with their issues; null if another call was made. */
  readonly listed: rest.TargetGroupStatistics | null;
}

/** Reads them from an item of a list, lazily: reading a malformed property throws. */
export class ListedMetrics implements TargetGroupMetrics {
  readonly currentCostPerInterview = null;
  readonly currentCost = null;

  constructor(private readonly statistics: rest.TargetGroupStatistics) {}

  get conversionRate(): number | null {
    return this.statistics.conversion_rate?.value ?? null;
  }

  get dropOffRate(): number | null {
    return this.statistics.drop_off_rate?.value ?? null;
  }

  get incidenceRate(): number | null {
    return this.statistics.incidence_rate?.value ?? null;
  }

  get medianLengthOfInterviewSeconds(): number | null {
    return this.statistics.median_length_of_interview_seconds?.value ?? null;
  }

  get averageCostPerInterview(): rest.MonetaryAmount | null {
    return this.statistics.average_cost_per_interview?.value ?? null;
  }

  get earningsPerClick(): rest.MonetaryAmount | null {
    return this.statistics.earnings_per_click?.value ?? null;
  }

  get earningsPerClickPerMinute(): rest.MonetaryAmount | null {
    return this.statistics.earnings_per_click_per_minute?.value ?? null;
  }

  get lastCompleteAt(): string | null {
    return this.statistics.last_complete_date?.value ?? null;
  }

  get listed(): rest.TargetGroupStatistics {
    return this.statistics;
  }
}

/** Reads them from an overview, lazily. */
export class OverviewMetrics implements TargetGroupMetrics {
  readonly lastCompleteAt = null;
  readonly earningsPerClickPerMinute = null;
  readonly listed = null;

  constructor(private readonly overview: rest.TargetGroupOverview) {}

  get conversionRate(): number | null {
    return this.overview.conversion_rate ?? null;
  }

  get dropOffRate(): number | null {
    return this.overview.drop_off_rate ?? null;
  }

  get incidenceRate(): number | null {
    return this.overview.incidence_rate ?? null;
  }

  get medianLengthOfInterviewSeconds(): number | null {
    return this.overview.median_length_of_interview_seconds ?? null;
  }

  get averageCostPerInterview(): rest.MonetaryAmount | null {
    return this.overview.average_cost_per_interview ?? null;
  }

  get earningsPerClick(): rest.MonetaryAmount | null {
    return this.overview.earnings_per_click ?? null;
  }

  get currentCostPerInterview(): rest.MonetaryAmount | null {
    return this.overview.current_cost_per_interview ?? null;
  }

  get currentCost(): rest.MonetaryAmount | null {
    return this.overview.current_cost ?? null;
  }
}
