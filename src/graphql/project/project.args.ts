import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { PageArgs } from '../connection/page.args.js';
import { ProjectStatus } from './project.enum.js';

@InputType({
  description: 'Which projects to list. All that is given must hold; what is empty counts as not given.',
})
export class ProjectFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Text to look for in names, ids and customer reference numbers: 5 to 128 characters.',
  })
  readonly search?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Part of the name, of 1 to 500 characters. Prefer `search`, which finds more: the API has deprecated this filter.',
  })
  readonly name?: string | null;

  @Field(() => ProjectStatus, {
    nullable: true,
    description: 'Only projects with this status. Not `UNKNOWN`.',
  })
  readonly status?: ProjectStatus | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Only projects of this manager, by the raw id of the person: a UUID, e.g. `3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01`.',
  })
  readonly projectManagerId?: string | null;
}

@ArgsType()
export class ProjectsArgs extends PageArgs {
  @Field(() => ProjectFilter, {
    nullable: true,
    description: 'Which projects to list; all if none is given, or an empty one.',
  })
  readonly filter?: ProjectFilter | null;
}

@ArgsType()
export class AccountProjectsArgs extends ProjectsArgs {
  @Field(() => ID, { description: 'The id of the account, e.g. `101`.' })
  readonly accountId!: string;
}
