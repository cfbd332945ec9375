import { Field, Float, Int, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { itemsFrom } from '../items.js';
import { Money, moneyOf } from '../money/money.js';
import { DateTime, momentOf, type Moment } from '../scalars/date-time.js';

@ObjectType({
  description:
    'One state that respondents are in or ended in, such as complete or terminated, and how many are.',
})
export class RespondentOutcome {
  constructor(private readonly outcome: rest.RespondentStatusCount) {}

  @Field(() => String, {
    nullable: true,
    description: "The state that the respondents are in, in the API's own words, e.g. `In Survey`.",
  })
  get status(): string | null {
    return this.outcome.status ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'What to call it on a screen, e.g. `Returned as Complete`.',
  })
  get label(): string | null {
    return this.outcome.label ?? null;
  }

  @Field(() => String, { nullable: true, description: 'What it means, in a sentence.' })
  get description(): string | null {
    return this.outcome.description ?? null;
  }

  @Field(() => Int, { nullable: true, description: 'How many respondents.' })
  get count(): number | null {
    return this.outcome.count ?? null;
  }
}

@ObjectType({
  description:
    'Respondent analysis: how many respondents completed, were terminated, are in the survey, and so on.',
})
export class RespondentAnalysis {
  constructor(private readonly analysis: rest.RespondentAnalysis) {}

  @Field(() => [RespondentOutcome], {
    nullable: 'itemsAndList',
    description: 'Respondents in field. Null stands for a line that could not be read.',
  })
  get live(): (RespondentOutcome | Error)[] | null {
    return outcomesOf(this.analysis.live);
  }

  @Field(() => [RespondentOutcome], {
    nullable: 'itemsAndList',
    description: 'Test runs of the survey. Null stands for a line that could not be read.',
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
  description:
    'How a target group performs in field. Each figure is null where the API does not tell it (yet).',
})
export class TargetGroupPerformance {
  constructor(private readonly performance: rest.TargetGroupPerformance) {}

  @Field(() => Int, { nullable: true, description: 'Entrants: how many respondents have entered.' })
  get entrants(): number {
    return this.performance.entrants;
  }

  @Field(() => Int, {
    nullable: true,
    description: 'Prescreens: how many of them have passed the screening questions.',
  })
  get prescreens(): number {
    return this.performance.prescreens;
  }

  @Field(() => Int, { nullable: true, description: 'Completes: how many interviews have been completed.' })
  get completes(): number {
    return this.performance.completes;
  }

  @Field(() => Money, { nullable: true, description: 'Spend: what all completes have cost so far.' })
  get completesCost(): Money | null {
    return moneyOf(this.performance.completes_cost ?? null);
  }

  @Field(() => DateTime, { nullable: true, description: 'When the first complete came in.' })
  get firstCompleteAt(): Moment | null {
    return momentOf(this.performance.first_complete, 'first_complete');
  }

  @Field(() => DateTime, { nullable: true, description: 'When the latest complete came in.' })
  get lastCompleteAt(): Moment | null {
    return momentOf(this.performance.last_complete, 'last_complete');
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Incidence rate (IR): the share of respondents who qualify, as the API reports it.',
  })
  get incidenceRate(): number | null {
    return this.performance.incidence_rate ?? null;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Drop-off rate: the share of respondents who give up, as the API reports it.',
  })
  get dropOffRate(): number | null {
    return this.performance.drop_off_rate ?? null;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Conversion rate: the share of entrants who complete, as the API reports it.',
  })
  get conversionRate(): number | null {
    return this.performance.conversion_rate ?? null;
  }

  @Field(() => RespondentAnalysis, {
    nullable: true,
    description: 'Where the respondents have got to, in field and in test runs.',
  })
  get respondentAnalysis(): RespondentAnalysis | null {
    const { respondent_analysis: analysis } = this.performance;
    return analysis ? new RespondentAnalysis(analysis) : null;
  }
}
