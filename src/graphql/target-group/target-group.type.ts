import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { badResponse } from '../../upstream/errors.js';
import type { TargetGroupRef } from '../../upstream/resources/resource-ref.js';
import { targetGroupNodeId } from '../node/node-id.js';
import { Money, moneyOf } from '../money/money.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { fromRestEnum } from '../rest-enum.js';
import { DateTime, dateTimeOf } from '../scalars/date-time.js';
import { issuesOf, StatisticIssue } from './statistic-issue.js';
import { TargetGroupStatus } from './target-group.enum.js';
import type { TargetGroupMetrics } from './target-group.metrics.js';
import type { TargetGroupSource } from './target-group.source.js';

@ObjectType({ description: 'Progress of a target group towards its goal.' })
class TargetGroupProgress {
  constructor(private readonly progress: rest.TargetGroupProgress) {}

  @Field(() => Int, { description: 'Number of completed interviews.' })
  get currentCompletes(): number {
    return this.progress.current_completes;
  }

  @Field(() => Int, { description: 'Number of people who have passed the screening questions.' })
  get currentPrescreens(): number {
    return this.progress.current_prescreens;
  }

  @Field(() => Int, {
    description: 'Goal: the number of completes or prescreens wanted, depending on `fillingStrategy`.',
  })
  get fillingGoal(): number {
    return this.progress.filling_goal;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'What counts towards the goal, as a code of the REST API: `completes`, `prescreens` or ' +
      '`automated`; older versions have others, e.g. `balanced`. Null if unknown.',
  })
  get fillingStrategy(): string | null {
    return this.progress.filling_strategy ?? null;
  }
}

@ObjectType({
  description: 'Statistics of a target group. Each is null if it is not (yet) known.',
})
class TargetGroupStatistics {
  constructor(private readonly metrics: TargetGroupMetrics) {}

  @Field(() => Float, {
    nullable: true,
    description: 'Conversion rate: the share of entrants who complete, from 0 to 1.',
  })
  get conversionRate(): number | null {
    return this.metrics.conversionRate;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Drop-off rate: the share of respondents who abandon the survey, from 0 to 1.',
  })
  get dropOffRate(): number | null {
    return this.metrics.dropOffRate;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Incidence rate (IR): the share of respondents who qualify, from 0 to 1.',
  })
  get incidenceRate(): number | null {
    return this.metrics.incidenceRate;
  }

  @Field(() => Int, { nullable: true, description: 'Median length of interview (LOI), in whole seconds.' })
  get medianLengthOfInterviewSeconds(): number | null {
    const seconds = this.metrics.medianLengthOfInterviewSeconds;
    return seconds === null ? null : Math.round(seconds);
  }

  @Field(() => Money, { nullable: true, description: 'Average cost per completed interview (CPI).' })
  get averageCostPerInterview(): Money | null {
    return moneyOf(this.metrics.averageCostPerInterview);
  }

  @Field(() => Money, {
    nullable: true,
    description: 'Earnings per click (EPC): what the supplier earns per respondent who enters.',
  })
  get earningsPerClick(): Money | null {
    return moneyOf(this.metrics.earningsPerClick);
  }

  @Field(() => Money, {
    nullable: true,
    description:
      'Earnings per click per minute of the interview. Available only in lists of target groups; otherwise null.',
  })
  get earningsPerClickPerMinute(): Money | null {
    return moneyOf(this.metrics.earningsPerClickPerMinute);
  }

  @Field(() => Money, {
    nullable: true,
    description:
      'Current cost per completed interview (CPI). Null in lists of target groups, and with older ' +
      'versions of the REST API.',
  })
  get currentCostPerInterview(): Money | null {
    return moneyOf(this.metrics.currentCostPerInterview);
  }

  @Field(() => Money, {
    nullable: true,
    description:
      'Total cost of all completed interviews so far. Null in lists of target groups, and with older ' +
      'versions of the REST API.',
  })
  get currentCost(): Money | null {
    return moneyOf(this.metrics.currentCost);
  }

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Time when the latest interview was completed. Available only in lists of target groups; otherwise null.',
  })
  get lastCompleteAt(): DateTime | null {
    return dateTimeOf(this.metrics.lastCompleteAt, 'last_complete_date');
  }

  @Field(() => [StatisticIssue], {
    nullable: 'itemsAndList',
    description:
      'Issues that the REST API has found with the statistics, with suggested fixes; empty if there are none. ' +
      'Available only in lists of target groups; otherwise null. An issue that cannot be read is null, with ' +
      'an error.',
  })
  get issues(): readonly (StatisticIssue | Error)[] | null {
    const { listed } = this.metrics;
    return listed === null ? null : issuesOf(listed);
  }
}

@ObjectType({
  implements: Node,
  description:
    'Group of people to survey: who they are, and how many completed interviews are wanted. Has a ' +
    'fielding run once it is launched or scheduled.',
})
export class TargetGroup implements Node {
  constructor(
    readonly ref: TargetGroupRef,
    private readonly source: TargetGroupSource,
  ) {}

  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return targetGroupNodeId(this.ref);
  }

  @Field(() => ID, { description: 'Raw id in the REST API: the last part of `id`.' })
  get targetGroupId(): string {
    return this.ref.targetGroupId;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Short human-readable id, e.g. `9NRV3B9`, for use in e-mails. Null if unknown.',
  })
  get humanReadableId(): string | null {
    return this.source.humanReadableId;
  }

  @Field(() => String, { nullable: true, description: 'Name of the target group. Null if unknown.' })
  get name(): string | null {
    return this.source.name;
  }

  @Field(() => String, {
    nullable: true,
    description: "Customer's own reference for the target group, e.g. `TRACKER-0042`. Null if there is none.",
  })
  get customerReferenceNumber(): string | null {
    return this.source.customerReferenceNumber;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Language and country of the respondents, as in `eng_us`. Null if unknown.',
  })
  get locale(): string | null {
    return this.source.locale;
  }

  @Field(() => TargetGroupStatus, { description: 'State of the target group.' })
  get status(): TargetGroupStatus {
    const { status } = this.source;
    if (status === undefined)
      throw badResponse('The response of the Demand API has no `status` for the target group.');
    return fromRestEnum(TargetGroupStatus, status);
  }

  @Field(() => DateTime, {
    nullable: true,
    description: 'Time when the target group was created. Null if unknown.',
  })
  get createdAt(): DateTime | null {
    return dateTimeOf(this.source.createdAt, 'created_at');
  }

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Time of the last change to the target group. Available only in lists of target groups; otherwise null.',
  })
  get updatedAt(): DateTime | null {
    return dateTimeOf(this.source.updatedAt, 'updated_at');
  }

  @Field(() => ID, {
    nullable: true,
    description: 'Raw id of the project manager; see `projectManager` for the name. Null if unknown.',
  })
  get projectManagerId(): string | null {
    return this.source.projectManagerId;
  }

  @Field(() => TargetGroupProgress, {
    nullable: true,
    description: 'Progress towards the goal. Null for a draft.',
  })
  get progress(): TargetGroupProgress | null {
    const { progress } = this.source;
    return progress === null ? null : new TargetGroupProgress(progress);
  }

  @Field(() => TargetGroupStatistics, {
    nullable: true,
    description: 'Statistics of the target group. Null for a draft.',
  })
  get statistics(): TargetGroupStatistics | null {
    const { statistics } = this.source;
    return statistics === null ? null : new TargetGroupStatistics(statistics);
  }
}
