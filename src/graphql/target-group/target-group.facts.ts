import type * as rest from '../../contract/demand-api.js';

/** What REST has told of a target group, in one form for all the calls that tell of it. */
export interface TargetGroupFacts {
  readonly humanReadableId: string | null;
  readonly name: string | null;
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
  readonly averageCostPerInterview: number | null;
  readonly earningsPerClick: number | null;
  readonly lastCompleteAt: string | null;
}

/**
 * Facts are read from REST bodies when they are asked for and not before, because a property that came broken throws
 * when it is read: only the field that needs it fails.
 */
export function factsOfListItem(item: rest.TargetGroupListItem): TargetGroupFacts {
  return {
    get humanReadableId() {
      return item.human_readable_id ?? null;
    },
    get name() {
      return item.name;
    },
    get locale() {
      return item.locale ?? null;
    },
    get status() {
      return item.status;
    },
    get createdAt() {
      return item.created_at ?? null;
    },
    get updatedAt() {
      return item.updated_at ?? null;
    },
    get projectManagerId() {
      return item.project_manager_id ?? null;
    },
    get progress() {
      return item.statistics?.progress?.value ?? null;
    },
    get statistics() {
      return item.statistics ? figuresOfList(item.statistics) : null;
    },
  };
}

/** A launched target group, from its overview, its details, or both. */
export function factsOfLaunched(
  overview: rest.TargetGroupOverview | null,
  details: rest.TargetGroupDetails | null,
): TargetGroupFacts {
  return {
    get humanReadableId() {
      return overview?.human_readable_id ?? details?.human_readable_id ?? null;
    },
    get name() {
      return overview?.target_group_name ?? details?.name ?? null;
    },
    get locale() {
      return details?.locale ?? (overview === null ? null : localeOf(overview));
    },
    get status() {
      return overview?.status;
    },
    get createdAt() {
      return details?.created_at ?? null;
    },
    updatedAt: null,
    get projectManagerId() {
      return details?.project_manager_id ?? null;
    },
    get progress() {
      return overview?.progress ?? null;
    },
    get statistics() {
      return overview === null ? null : figuresOfOverview(overview);
    },
  };
}

/** A draft has been asked for nothing yet: no progress, no figures. */
export function factsOfDraft(draft: rest.DraftTargetGroup): TargetGroupFacts {
  return {
    get humanReadableId() {
      return draft.human_readable_id ?? null;
    },
    get name() {
      return draft.name;
    },
    get locale() {
      return draft.locale ?? null;
    },
    status: 'draft',
    createdAt: null,
    updatedAt: null,
    get projectManagerId() {
      return draft.project_manager_id ?? null;
    },
    progress: null,
    statistics: null,
  };
}

/** `ENG` and `US` are `eng_us` elsewhere. */
function localeOf({
  language_code: language,
  country_code: country,
}: rest.TargetGroupOverview): string | null {
  return language && country ? `${language}_${country}`.toLowerCase() : null;
}

function figuresOfList(statistics: rest.TargetGroupStatistics): TargetGroupFigures {
  return {
    get conversionRate() {
      return statistics.conversion_rate?.value ?? null;
    },
    get dropOffRate() {
      return statistics.drop_off_rate?.value ?? null;
    },
    get incidenceRate() {
      return statistics.incidence_rate?.value ?? null;
    },
    get medianLengthOfInterviewSeconds() {
      return statistics.median_length_of_interview_seconds?.value ?? null;
    },
    get averageCostPerInterview() {
      return statistics.average_cost_per_interview?.value ?? null;
    },
    get earningsPerClick() {
      return statistics.earnings_per_click?.value ?? null;
    },
    get lastCompleteAt() {
      return statistics.last_complete_date?.value ?? null;
    },
  };
}

function figuresOfOverview(overview: rest.TargetGroupOverview): TargetGroupFigures {
  return {
    get conversionRate() {
      return overview.conversion_rate ?? null;
    },
    get dropOffRate() {
      return overview.drop_off_rate ?? null;
    },
    get incidenceRate() {
      return overview.incidence_rate ?? null;
    },
    get medianLengthOfInterviewSeconds() {
      return overview.median_length_of_interview_seconds ?? null;
    },
    get averageCostPerInterview() {
      return overview.average_cost_per_interview ?? null;
    },
    get earningsPerClick() {
      return overview.earnings_per_click ?? null;
    },
    lastCompleteAt: null,
  };
}
