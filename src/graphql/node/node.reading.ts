import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { findAccount } from '../account/account.resolver.js';
import { findBatchJob } from '../batch-job/batch-job.reading.js';
import { findDraftLaunchJob } from '../draft-launch-job/draft-launch-job.reading.js';
import { findFieldingRun } from '../fielding-run/fielding-run.reading.js';
import { findProject } from '../project/project.reading.js';
import { findTargetGroup } from '../target-group/target-group.reading.js';
import type { NodeRef } from './node-id.js';
import type { Node } from './node.interface.js';

/** The object, or null if it does not exist. It is always read, with what the operation selects. */
export async function findNode(
  context: RequestContext,
  ref: NodeRef,
  info: GraphQLResolveInfo,
): Promise<Node | null> {
  switch (ref.kind) {
    case 'Account':
      return await findAccount(context, ref.accountId);
    case 'Project':
      return await findProject(context, ref, info);
    case 'TargetGroup':
      return await findTargetGroup(context, ref, info);
    case 'FieldingRun':
      return await findFieldingRun(context, ref);
    case 'BatchJob':
      return await findBatchJob(context, ref);
    case 'DraftLaunchJob':
      return await findDraftLaunchJob(context, ref);
  }
}
