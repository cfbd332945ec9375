import type * as rest from '../../contract/demand-api.js';

/** What REST has told of a target group, in one form for all the calls that tell of it. */
export interface TargetGroupFacts {
  readonly humanReadableId: string | null;
  readonly name: string | null;
  readonly customerReferenceNumber: string | null;
  readonly locale: string | null;
  /** As REST writes it; undefined where the call did not tell. */
  readonly status: string | undefined;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly projectManagerId: string | null;
  readonly progress: rest.TargetGroupProgress | null;
  readonly statistics: TargetGroupFigures | null;
}

export interface TargetGroupFigures {
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
  /** The figures as lists tell them, with their issues; null where another call told. */
  readonly listed: rest.TargetGroupStatistics | null;
}

/**
 * Facts are read from REST bodies when they are asked for and not before, because a property that came broken throws
 * when it is read: only the field that needs it fails.
 */
export class ListedFacts implements TargetGroupFacts {
  constructor(private readonly item: rest.TargetGroupListItem) {}

  get humanReadableId(): string | null {
    return this.item.human_readable_id ?? null;
  }

  get name(): string {
    return this.item.name;
  }

  get customerReferenceNumber(): string | null {
    return this.item.target_group_customer_reference_number ?? null;
  }

  get locale(): string | null {
    return this.item.locale ?? null;
  }

  get status(): string {
    return this.item.status;
  }

  get createdAt(): string | null {
    return this.item.created_at ?? null;
  }

  get updatedAt(): string | null {
    return this.item.updated_at ?? null;
  }

  get projectManagerId(): string | null {
    return this.item.project_manager_id ?? null;
  }

  get progress(): rest.TargetGroupProgress | null {
    return this.item.statistics?.progress?.value ?? null;
  }

  get statistics(): TargetGroupFigures | null {
    return this.item.statistics ? new ListedFigures(this.item.statistics) : null;
  }
}

/** A launched target group: from its overview, and from its details what an older overview lacks, or all where it has none. */
export class LaunchedFacts implements TargetGroupFacts {
  readonly updatedAt = null;

  /** @param details an error where they could not be read: it is that of the fields which need them */
  constructor(
    private readonly overview: rest.TargetGroupOverview | null,
    private readonly details: rest.TargetGroupDetails | null | Error,
  ) {}

  get humanReadableId(): string | null {
    return (this.overview ?? this.#details)?.human_readable_id ?? null;
  }

  get name(): string | null {
    return (this.overview === null ? this.#details?.name : this.overview.target_group_name) ?? null;
  }

  get customerReferenceNumber(): string | null {
    return (this.overview ?? this.#details)?.target_group_customer_reference_number ?? null;
  }

  get locale(): string | null {
    return this.overview === null ? (this.#details?.locale ?? null) : localeOf(this.overview);
  }

  get status(): string | undefined {
    return this.overview?.status;
  }

  get createdAt(): string | null {
    return this.overview?.created_at ?? this.#details?.created_at ?? null;
  }

  get projectManagerId(): string | null {
    return this.overview?.project_manager_id ?? this.#details?.project_manager_id ?? null;
  }

  get #details(): rest.TargetGroupDetails | null {
    if (this.details instanceof Error) throw this.details;
    return this.details;
  }

  get progress(): rest.TargetGroupProgress | null {
    return this.overview?.progress ?? null;
  }

  get statistics(): TargetGroupFigures | null {
    return this.overview === null ? null : new OverviewFigures(this.overview);
  }
}

/** A draft has been asked for nothing yet: no progress, no figures. */
export class DraftFacts implements TargetGroupFacts {
  readonly status = 'draft';
  readonly updatedAt = null;
  readonly progress = null;
  readonly statistics = null;

  constructor(private readonly draft: rest.DraftTargetGroup) {}

  get humanReadableId(): string | null {
    return this.draft.human_readable_id ?? null;
  }

  get name(): string | null {
    return this.draft.name ?? null;
  }

  get customerReferenceNumber(): string | null {
    return this.draft.target_group_customer_reference_number ?? null;
  }

  get locale(): string | null {
    return this.draft.locale ?? null;
  }

  get createdAt(): string | null {
    return this.draft.created_at ?? null;
  }

  get projectManagerId(): string | null {
    return this.draft.project_manager_id ?? null;
  }
}

/** `ENG` and `US` are `eng_us` elsewhere. */
function localeOf({
  language_code: language,
  country_code: country,
}: rest.TargetGroupOverview): string | null {
  return language && country ? `${language}_${country}`.toLowerCase() : null;
}

class ListedFigures implements TargetGroupFigures {
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

class OverviewFigures implements TargetGroupFigures {
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
