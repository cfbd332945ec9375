import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Authorized, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { changeFieldingRun } from './fielding-run.changing.js';
import {
  CompleteFieldingRunInput,
  LaunchNowInput,
  PauseFieldingRunInput,
  RelaunchFieldingRunInput,
  ResumeFieldingRunInput,
  UpdateFieldingPeriodInput,
} from './fielding-run.input.js';
import { FieldingRunPayload } from './fielding-run.payload.js';
import { changedFieldingRun } from './fielding-run.reading.js';
import { FieldingRun } from './fielding-run.type.js';
import { periodErrors } from './fielding-run.validation.js';

const INPUT = 'Fielding run, and the version that you have read.';

@Resolver(() => FieldingRunPayload)
export class FieldingRunMutations {
  @Authorized<Scope>('fielding:operate')
  @Mutation(() => FieldingRunPayload, {
    nullable: true,
    description: 'Launches a scheduled fielding run now. This moves both its start and its end.',
  })
  async launchNow(
    @Arg('input', () => LaunchNowInput, { description: INPUT }) input: LaunchNowInput,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRunPayload> {
    return await changeFieldingRun(context, input, (ref, version) => context.client.launchNow(ref, version));
  }

  @Authorized<Scope>('fielding:operate')
  @Mutation(() => FieldingRunPayload, { nullable: true, description: 'Pauses a live fielding run.' })
  async pauseFieldingRun(
    @Arg('input', () => PauseFieldingRunInput, { description: INPUT }) input: PauseFieldingRunInput,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRunPayload> {
    return await changeFieldingRun(context, input, (ref, version) =>
      context.client.pauseFieldingRun(ref, version),
    );
  }

  @Authorized<Scope>('fielding:operate')
  @Mutation(() => FieldingRunPayload, {
    nullable: true,
    description:
      'Resumes a paused fielding run that has reached neither its goal nor its end: it is live again.',
  })
  async resumeFieldingRun(
    @Arg('input', () => ResumeFieldingRunInput, { description: INPUT }) input: ResumeFieldingRunInput,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRunPayload> {
    return await changeFieldingRun(context, input, (ref, version) =>
      context.client.resumeFieldingRun(ref, version),
    );
  }

  @Authorized<Scope>('fielding:operate')
  @Mutation(() => FieldingRunPayload, {
    nullable: true,
    description:
      'Ends a live or scheduled fielding run, whether or not its goal has been reached: no new ' +
      'respondents are admitted.',
  })
  async completeFieldingRun(
    @Arg('input', () => CompleteFieldingRunInput, { description: INPUT }) input: CompleteFieldingRunInput,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRunPayload> {
    return await changeFieldingRun(context, input, (ref, version) =>
      context.client.completeFieldingRun(ref, version),
    );
  }

  @Authorized<Scope>('fielding:operate')
  @Mutation(() => FieldingRunPayload, {
    nullable: true,
    description:
      'Relaunches a completed fielding run that has reached neither its goal nor its end: it is live ' +
      'again.',
  })
  async relaunchFieldingRun(
    @Arg('input', () => RelaunchFieldingRunInput, { description: INPUT }) input: RelaunchFieldingRunInput,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRunPayload> {
    return await changeFieldingRun(context, input, (ref, version) =>
      context.client.relaunchFieldingRun(ref, version),
    );
  }

  @Authorized<Scope>('fielding:operate')
  @Mutation(() => FieldingRunPayload, {
    nullable: true,
    description: 'Changes the start and end of a fielding run. A completed run must be relaunched first.',
  })
  async updateFieldingPeriod(
    @Arg('input', () => UpdateFieldingPeriodInput, { description: INPUT }) input: UpdateFieldingPeriodInput,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRunPayload> {
    const period = {
      start_fielding_at: input.startAt.toISOString(),
      end_fielding_at: input.endAt.toISOString(),
    };
    return await changeFieldingRun(
      context,
      input,
      (ref, version) => context.client.updateFieldingPeriod(ref, version, period),
      {
        bodyFields: { start_fielding_at: ['startAt'], end_fielding_at: ['endAt'] },
        errors: periodErrors(input),
      },
    );
  }

  @FieldResolver(() => FieldingRun, {
    nullable: true,
    description:
      'Fielding run after the change. Null if nothing was changed: `userErrors` says why. Null with an error ' +
      'at this path if the change was made but its result cannot be read.',
  })
  async fieldingRun(
    @Root() { changed }: FieldingRunPayload,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<FieldingRun | null> {
    return changed === undefined
      ? null
      : await changedFieldingRun(context, changed.ref, changed.outcome, info);
  }
}
