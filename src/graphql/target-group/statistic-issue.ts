import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { itemsFrom, orError } from '../items.js';
import { fromRestEnum } from '../rest-enum.js';

enum TargetGroupStatistic {
  PROGRESS = 'PROGRESS',
  CONVERSION_RATE = 'CONVERSION_RATE',
  DROP_OFF_RATE = 'DROP_OFF_RATE',
  INCIDENCE_RATE = 'INCIDENCE_RATE',
  MEDIAN_LENGTH_OF_INTERVIEW = 'MEDIAN_LENGTH_OF_INTERVIEW',
  AVERAGE_COST_PER_INTERVIEW = 'AVERAGE_COST_PER_INTERVIEW',
  EARNINGS_PER_CLICK = 'EARNINGS_PER_CLICK',
  EARNINGS_PER_CLICK_PER_MINUTE = 'EARNINGS_PER_CLICK_PER_MINUTE',
  LAST_COMPLETE = 'LAST_COMPLETE',
}

registerEnumType(TargetGroupStatistic, {
  name: 'TargetGroupStatistic',
  description: 'Statistic that an issue is about.',
  valuesConfig: {
    PROGRESS: { description: '`progress` of the target group.' },
    CONVERSION_RATE: { description: 'The statistic `conversionRate`.' },
    DROP_OFF_RATE: { description: 'The statistic `dropOffRate`.' },
    INCIDENCE_RATE: { description: 'The statistic `incidenceRate`.' },
    MEDIAN_LENGTH_OF_INTERVIEW: { description: 'The statistic `medianLengthOfInterviewSeconds`.' },
    AVERAGE_COST_PER_INTERVIEW: { description: 'The statistic `averageCostPerInterview`.' },
    EARNINGS_PER_CLICK: { description: 'The statistic `earningsPerClick`.' },
    EARNINGS_PER_CLICK_PER_MINUTE: { description: 'The statistic `earningsPerClickPerMinute`.' },
    LAST_COMPLETE: { description: 'The statistic `lastCompleteAt`.' },
  },
});

enum StatisticIssueSeverity {
  ERROR = 'ERROR',
  WARNING = 'WARNING',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(StatisticIssueSeverity, {
  name: 'StatisticIssueSeverity',
  description: 'Severity of an issue.',
  valuesConfig: {
    ERROR: { description: 'The issue keeps the target group from filling.' },
    WARNING: { description: 'The issue deserves attention.' },
    UNKNOWN: {
      description:
        'The severity is missing, as in older versions of the REST API, or not known to this version of the ' +
        'gateway.',
    },
  },
});

@ObjectType({ description: 'Suggested fix for an issue.' })
class StatisticIssueSuggestion {
  constructor(private readonly suggestion: rest.StatisticIssueSuggestion) {}

  @Field(() => String, {
    nullable: true,
    description: 'Machine-readable code from the REST API, e.g. `3107`. Null if unknown.',
  })
  get code(): string | null {
    return this.suggestion.code ?? null;
  }

  @Field(() => String, { nullable: true, description: 'Human-readable instruction. Null if unknown.' })
  get description(): string | null {
    return this.suggestion.description ?? null;
  }
}

@ObjectType({
  description:
    'Issue that the REST API has found with a statistic of a target group, to be shown next to the statistic.',
})
export class StatisticIssue {
  constructor(
    statistic: TargetGroupStatistic,
    private readonly issue: rest.StatisticIssue,
  ) {
    this.statistic = statistic;
  }

  @Field(() => TargetGroupStatistic, { description: 'Statistic that the issue is about.' })
  readonly statistic: TargetGroupStatistic;

  @Field(() => StatisticIssueSeverity, { description: 'Severity of the issue.' })
  get severity(): StatisticIssueSeverity {
    const severity = this.issue.issue_type ?? null;
    return severity === null
      ? StatisticIssueSeverity.UNKNOWN
      : fromRestEnum(StatisticIssueSeverity, severity);
  }

  @Field(() => String, {
    nullable: true,
    description: 'Machine-readable code from the REST API, e.g. `1204`. Null if unknown.',
  })
  get code(): string | null {
    return this.issue.reason?.code ?? this.issue.code ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Human-readable description of the issue. Null if unknown.',
  })
  get description(): string | null {
    return this.issue.reason?.description ?? this.issue.description ?? null;
  }

  @Field(() => [StatisticIssueSuggestion], {
    nullable: 'itemsAndList',
    description:
      'Suggested fixes; empty if there are none. A suggestion that cannot be read is null, with an error.',
  })
  get suggestions(): readonly (StatisticIssueSuggestion | Error)[] {
    return itemsFrom(this.issue.suggestions ?? [], (suggestion) => new StatisticIssueSuggestion(suggestion));
  }
}

/** The statistics in the order of the graph, with their REST names. */
const STATISTICS: readonly (readonly [TargetGroupStatistic, keyof rest.TargetGroupStatistics])[] = [
  [TargetGroupStatistic.PROGRESS, 'progress'],
  [TargetGroupStatistic.CONVERSION_RATE, 'conversion_rate'],
  [TargetGroupStatistic.DROP_OFF_RATE, 'drop_off_rate'],
  [TargetGroupStatistic.INCIDENCE_RATE, 'incidence_rate'],
  [TargetGroupStatistic.MEDIAN_LENGTH_OF_INTERVIEW, 'median_length_of_interview_seconds'],
  [TargetGroupStatistic.AVERAGE_COST_PER_INTERVIEW, 'average_cost_per_interview'],
  [TargetGroupStatistic.EARNINGS_PER_CLICK, 'earnings_per_click'],
  [TargetGroupStatistic.EARNINGS_PER_CLICK_PER_MINUTE, 'earnings_per_click_per_minute'],
  [TargetGroupStatistic.LAST_COMPLETE, 'last_complete_date'],
];

/** The issues of all statistics. If those of one statistic are malformed, an error takes their place. */
export function issuesOf(statistics: rest.TargetGroupStatistics): readonly (StatisticIssue | Error)[] {
  return STATISTICS.flatMap(([statistic, property]) => {
    const issues = orError(() => statistics[property]?.issues ?? []);
    return issues instanceof Error
      ? [issues]
      : itemsFrom(issues, (issue) => new StatisticIssue(statistic, issue));
  });
}
