import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import type { ProjectRef } from '../../upstream/resources/resource-ref.js';
import { projectNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { fromRestEnum } from '../rest-enum.js';
import { DateTime, dateTimeOf } from '../scalars/date-time.js';
import { ProjectStatus } from './project.enum.js';

/** Properties of a project; which ones are present depends on the call. */
type ProjectSource = Partial<rest.ProjectListItem & rest.ProjectOverview>;

@ObjectType({
  description: 'Statistics of a project over all its target groups. Each is null if it is not (yet) known.',
})
class ProjectStatistics {
  constructor(private readonly source: rest.ProjectStatistics) {}

  @Field(() => Int, { nullable: true, description: 'Goal: the number of completed interviews wanted.' })
  get fillingGoal(): number | null {
    return this.source.filling_goal ?? null;
  }

  @Field(() => Int, { nullable: true, description: 'Number of completed interviews.' })
  get currentCompletes(): number | null {
    return this.source.current_completes ?? null;
  }

  @Field(() => Int, {
    nullable: true,
    description: 'Number of people who have passed the screening questions.',
  })
  get currentPrescreens(): number | null {
    return this.source.current_prescreens ?? null;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Median incidence rate: the share of respondents who qualify, from 0 to 1.',
  })
  get incidenceRateMedian(): number | null {
    return this.source.incidence_rate_median ?? null;
  }

  @Field(() => Int, { nullable: true, description: 'Median length of an interview, in whole seconds.' })
  get lengthOfInterviewMedianSeconds(): number | null {
    const seconds = this.source.length_of_interview_median_seconds ?? null;
    return seconds === null ? null : Math.round(seconds);
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Average conversion rate: the share of entrants who complete, from 0 to 1.',
  })
  get conversionRateAverage(): number | null {
    return this.source.conversion_rate_average ?? null;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Average drop-off rate: the share of respondents who abandon the survey, from 0 to 1.',
  })
  get dropOffRateAverage(): number | null {
    return this.source.drop_off_rate_average ?? null;
  }
}

@ObjectType({ implements: Node, description: 'Market research project. Contains target groups.' })
export class Project implements Node {
  constructor(
    readonly ref: ProjectRef,
    readonly source: ProjectSource,
    /** Has the name if `source` does not; an error if it could not be read. */
    private readonly details: rest.Project | null | Error = null,
  ) {}

  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return projectNodeId(this.ref);
  }

  @Field(() => ID, { description: 'Raw id in the REST API: the last part of `id`.' })
  get projectId(): string {
    return this.ref.projectId;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Short human-readable id of 6 characters, for use in e-mails. Null if unknown.',
  })
  get humanReadableId(): string | null {
    return this.source.human_readable_id ?? null;
  }

  @Field(() => String, { nullable: true, description: 'Name of the project. Null if unknown.' })
  get name(): string | null {
    const { name = null } = this.source;
    if (name === null && this.details instanceof Error) throw this.details;
    return name ?? this.details?.name ?? null;
  }

  @Field(() => ProjectStatus, {
    nullable: true,
    description: 'Whether the project is active. Null if unknown.',
  })
  get status(): ProjectStatus | null {
    const status = this.source.status ?? null;
    return status === null ? null : fromRestEnum(ProjectStatus, status);
  }

  @Field(() => String, {
    nullable: true,
    description:
      "Customer's own reference for the project, e.g. the number of its purchase order. Null if there is none.",
  })
  get customerReferenceNumber(): string | null {
    return this.source.project_customer_reference_number ?? this.source.purchase_order_number ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Same as `customerReferenceNumber`.',
    deprecationReason: 'Use `customerReferenceNumber`, its name in the REST API since version 2025-12-18.',
  })
  get purchaseOrderNumber(): string | null {
    return this.customerReferenceNumber;
  }

  @Field(() => Int, {
    nullable: true,
    description:
      'Number of target groups in the project. Available only in lists of projects; otherwise null.',
  })
  get targetGroupCount(): number | null {
    return this.source.target_group_count ?? null;
  }

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Time of the last activity in the project. Available only in lists of projects; otherwise null.',
  })
  get lastActivityAt(): DateTime | null {
    return dateTimeOf(this.source.last_activity_at, 'last_activity_at');
  }

  @Field(() => ProjectStatistics, {
    nullable: true,
    description: 'Statistics over all target groups of the project. Null if unknown.',
  })
  get statistics(): ProjectStatistics | null {
    const statistics = this.source.statistics ?? null;
    return statistics === null ? null : new ProjectStatistics(statistics);
  }
}
