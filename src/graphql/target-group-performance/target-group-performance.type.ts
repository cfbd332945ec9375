import { Field, Float, Int, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { itemsFrom } from '../items.js';
import { Money, moneyOf } from '../money/money.js';
import { DateTime, dateTimeOf } from '../scalars/date-time.js';

@ObjectType({
  description:
    'Number of respondents with a given status, such as complete or terminated. Each value is null if ' +
    'unknown.',
})
class RespondentOutcome {
  constructor(private readonly outcome: rest.RespondentStatusCount) {}

  @Field(() => String, {
    nullable: true,
    description: 'Status of the respondents, as named by the REST API, e.g. `In Survey`.',
  })
  get status(): string | null {
    return this.outcome.status ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Display name of the status, e.g. `Returned as Complete`.',
  })
  get label(): string | null {
    return this.outcome.label ?? null;
  }

  @Field(() => String, { nullable: true, description: 'Explanation of the status, in a sentence.' })
  get description(): string | null {
    return this.outcome.description ?? null;
  }

  @Field(() => Int, { nullable: true, description: 'Number of respondents.' })
  get count(): number | null {
    return this.outcome.count ?? null;
  }
}

@ObjectType({
  description:
    'Respondent analysis: how many respondents completed, were terminated, are in the survey, and so on.',
})
class RespondentAnalysis {
  constructor(private readonly analysis: rest.RespondentAnalysis) {}

  @Field(() => [RespondentOutcome], {
    nullable: 'itemsAndList',
    description:
      'Respondents of the live survey, by status. Null if unknown. An item that cannot be read is null, ' +
      'with an error.',
  })
  get live(): (RespondentOutcome | Error)[] | null {
    return outcomesOf(this.analysis.live);
  }

  @Field(() => [RespondentOutcome], {
    nullable: 'itemsAndList',
    description:
      'Respondents of test runs, by status. Null if unknown. An item that cannot be read is null, with ' +
      'an error.',
  })
  get test(): (RespondentOutcome | Error)[] | null {
    return outcomesOf(this.analysis.test);
  }
}

function outcomesOf(
  outcomes: readonly rest.RespondentStatusCount[] | null | undefined,
): (RespondentOutcome | Error)[] | null {
  return outcomes ? itemsFrom(outcomes, (outcome) => new RespondentOutcome(outcome)) : null;
}

@ObjectType({
  description: 'Fielding performance of a target group. Each value is null if it is not (yet) known.',
})
export class TargetGroupPerformance {
  constructor(private readonly performance: rest.TargetGroupPerformance) {}

  @Field(() => Int, { nullable: true, description: 'Number of respondents who have entered the survey.' })
  get entrants(): number {
    return this.performance.entrants;
  }

  @Field(() => Int, {
    nullable: true,
    description: 'Number of entrants who have passed the screening questions.',
  })
  get prescreens(): number {
    return this.performance.prescreens;
  }

  @Field(() => Int, { nullable: true, description: 'Number of completed interviews.' })
  get completes(): number {
    return this.performance.completes;
  }

  @Field(() => Money, { nullable: true, description: 'Total cost of all completed interviews so far.' })
  get completesCost(): Money | null {
    return moneyOf(this.performance.completes_cost ?? null);
  }

  @Field(() => DateTime, { nullable: true, description: 'Time of the first completed interview.' })
  get firstCompleteAt(): DateTime | null {
    return dateTimeOf(this.performance.first_complete, 'first_complete');
  }

  @Field(() => DateTime, { nullable: true, description: 'Time of the latest completed interview.' })
  get lastCompleteAt(): DateTime | null {
    return dateTimeOf(this.performance.last_complete, 'last_complete');
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Incidence rate (IR): the share of respondents who qualify, from 0 to 1.',
  })
  get incidenceRate(): number | null {
    return this.performance.incidence_rate ?? null;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Drop-off rate: the share of respondents who abandon the survey, from 0 to 1.',
  })
  get dropOffRate(): number | null {
    return this.performance.drop_off_rate ?? null;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Conversion rate: the share of entrants who complete, from 0 to 1.',
  })
  get conversionRate(): number | null {
    return this.performance.conversion_rate ?? null;
  }

  @Field(() => RespondentAnalysis, {
    nullable: true,
    description: 'Number of respondents by status, live and in test runs.',
  })
  get respondentAnalysis(): RespondentAnalysis | null {
    const { respondent_analysis: analysis } = this.performance;
    return analysis ? new RespondentAnalysis(analysis) : null;
  }
}
