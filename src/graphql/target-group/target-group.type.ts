import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { badResponse } from '../../upstream/errors.js';
import type { TargetGroupRef } from '../../upstream/resources/resource-ref.js';
import { targetGroupNodeId } from '../node/node-id.js';
import { Money, moneyOf } from '../money/money.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { fromRestEnum } from '../rest-enum.js';
import { DateTime, momentOf, type Moment } from '../scalars/date-time.js';
import { issuesOf, StatisticIssue } from './statistic-issue.js';
import { TargetGroupStatus } from './target-group.enum.js';
import type { TargetGroupSource, TargetGroupMetrics } from './target-group.source.js';

@ObjectType({ description: 'How far the interviewing of a target group has come.' })
export class TargetGroupProgress {
  constructor(private readonly progress: rest.TargetGroupProgress) {}

  @Field(() => Int, { description: 'How many interviews have been completed.' })
  get currentCompletes(): number {
    return this.progress.current_completes;
  }

  @Field(() => Int, { description: 'How many people have passed the screening questions.' })
  get currentPrescreens(): number {
    return this.progress.current_prescreens;
  }

  @Field(() => Int, { description: 'How many are wanted, of what `fillingStrategy` counts.' })
  get fillingGoal(): number {
    return this.progress.filling_goal;
  }

  @Field(() => String, {
    nullable: true,
    description:
      "What counts towards the goal, in the API's own word: `completes`, `prescreens` or `automated`; older versions have others, e.g. `balanced`.",
  })
  get fillingStrategy(): string | null {
    return this.progress.filling_strategy ?? null;
  }
}

@ObjectType({
  description: 'The figures of a target group. Each is null where the API does not tell it (yet).',
})
export class TargetGroupStatistics {
  constructor(private readonly metrics: TargetGroupMetrics) {}

  @Field(() => Float, {
    nullable: true,
    description: 'Conversion rate: the share of entrants who complete, e.g. `0.25`, as the API reports it.',
  })
  get conversionRate(): number | null {
    return this.metrics.conversionRate;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Drop-off rate: the share of respondents who give up, e.g. `0.1`, as the API reports it.',
  })
  get dropOffRate(): number | null {
    return this.metrics.dropOffRate;
  }

  @Field(() => Float, {
    nullable: true,
    description:
      'Incidence rate (IR): the share of respondents who qualify, e.g. `0.4`, as the API reports it.',
  })
  get incidenceRate(): number | null {
    return this.metrics.incidenceRate;
  }

  @Field(() => Int, { nullable: true, description: 'Median length of interview (LOI), in whole seconds.' })
  get medianLengthOfInterviewSeconds(): number | null {
    const seconds = this.metrics.medianLengthOfInterviewSeconds;
    return seconds === null ? null : Math.round(seconds);
  }

  @Field(() => Money, { nullable: true, description: 'Average cost per interview (CPI).' })
  get averageCostPerInterview(): Money | null {
    return moneyOf(this.metrics.averageCostPerInterview);
  }

  @Field(() => Money, {
    nullable: true,
    description: 'Earnings per click (EPC): what the supplier earns with each respondent who enters.',
  })
  get earningsPerClick(): Money | null {
    return moneyOf(this.metrics.earningsPerClick);
  }

  @Field(() => Money, {
    nullable: true,
    description:
      'Earnings per click for each minute of the interview. Only lists of target groups tell; null elsewhere.',
  })
  get earningsPerClickPerMinute(): Money | null {
    return moneyOf(this.metrics.earningsPerClickPerMinute);
  }

  @Field(() => Money, {
    nullable: true,
    description:
      'Cost per interview (CPI) at present. Null in lists of target groups, and from older versions of the API.',
  })
  get currentCostPerInterview(): Money | null {
    return moneyOf(this.metrics.currentCostPerInterview);
  }

  @Field(() => Money, {
    nullable: true,
    description:
      'Spend: what all completes have cost so far. Null in lists of target groups, and from older versions of the API.',
  })
  get currentCost(): Money | null {
    return moneyOf(this.metrics.currentCost);
  }

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the latest interview was completed. Only lists of target groups tell; null elsewhere.',
  })
  get lastCompleteAt(): Moment | null {
    return momentOf(this.metrics.lastCompleteAt, 'last_complete_date');
  }

  @Field(() => [StatisticIssue], {
    nullable: 'itemsAndList',
    description:
      'What the API finds wrong with the figures, and proposes to do about it; empty where nothing is. Only lists of target ' +
      'groups tell; null elsewhere. Null, with an error, stands for an issue that could not be read.',
  })
  get issues(): readonly (StatisticIssue | Error)[] | null {
    const { listed } = this.metrics;
    return listed === null ? null : issuesOf(listed);
  }
}

@ObjectType({
  implements: Node,
  description: 'Who is to be asked, and how many of them. Once launched, it has a fielding run.',
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

  @Field(() => ID, { description: 'The raw id in the REST API.' })
  get targetGroupId(): string {
    return this.ref.targetGroupId;
  }

  @Field(() => String, { nullable: true, description: 'The short id that people use, e.g. in e-mails.' })
  get humanReadableId(): string | null {
    return this.source.humanReadableId;
  }

  @Field(() => String, { nullable: true, description: 'What the target group is called.' })
  get name(): string | null {
    return this.source.name;
  }

  @Field(() => String, {
    nullable: true,
    description: "The customer's own number for the target group, e.g. `TRACKER-0042`, where it has one.",
  })
  get customerReferenceNumber(): string | null {
    return this.source.customerReferenceNumber;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Language and country of the respondents, e.g. `eng_us`.',
  })
  get locale(): string | null {
    return this.source.locale;
  }

  @Field(() => TargetGroupStatus, { description: 'How far the target group has come.' })
  get status(): TargetGroupStatus {
    const { status } = this.source;
    if (status === undefined)
      throw badResponse('The Demand API did not tell the status of the target group.');
    return fromRestEnum(TargetGroupStatus, status);
  }

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the target group was created. Null where the API does not tell.',
  })
  get createdAt(): Moment | null {
    return momentOf(this.source.createdAt, 'created_at');
  }

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the target group was last changed. Only lists of target groups tell; null elsewhere.',
  })
  get updatedAt(): Moment | null {
    return momentOf(this.source.updatedAt, 'updated_at');
  }

  @Field(() => ID, {
    nullable: true,
    description: 'The raw id of the person who manages the target group. `projectManager` tells the name.',
  })
  get projectManagerId(): string | null {
    return this.source.projectManagerId;
  }

  @Field(() => TargetGroupProgress, {
    nullable: true,
    description: 'How far the interviewing has come. Null for a draft.',
  })
  get progress(): TargetGroupProgress | null {
    const { progress } = this.source;
    return progress === null ? null : new TargetGroupProgress(progress);
  }

  @Field(() => TargetGroupStatistics, { nullable: true, description: 'The figures. Null for a draft.' })
  get statistics(): TargetGroupStatistics | null {
    const { statistics } = this.source;
    return statistics === null ? null : new TargetGroupStatistics(statistics);
  }
}
