import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { PageArgs } from '../connection/page.args.js';
import { ProjectStatus } from './project.enum.js';

@InputType({
  description: 'Filter for projects. All given conditions must hold; empty ones are ignored.',
})
export class ProjectFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Text to find in names, ids and customer reference numbers: 5 to 128 characters.',
  })
  readonly search?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Text to find in names: 1 to 500 characters. Prefer `search`, which finds more: the REST API has ' +
      'deprecated this filter.',
  })
  readonly name?: string | null;

  @Field(() => ProjectStatus, {
    nullable: true,
    description: 'Status to match. Must not be `UNKNOWN`.',
  })
  readonly status?: ProjectStatus | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Raw id of the project manager: a UUID, e.g. `3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01`.',
  })
  readonly projectManagerId?: string | null;
}

@ArgsType()
export class ProjectsArgs extends PageArgs {
  @Field(() => ProjectFilter, {
    nullable: true,
    description: 'Filter for projects. Default: all projects.',
  })
  readonly filter?: ProjectFilter | null;
}

@ArgsType()
export class AccountProjectsArgs extends ProjectsArgs {
  @Field(() => ID, { description: 'Id of the account, e.g. `101`.' })
  readonly accountId!: string;
}
