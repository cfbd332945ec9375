import type * as rest from '../../contract/demand-api.js';
import {
  batchJobPath,
  draftLaunchJobPath,
  type BatchJobRef,
  type DraftLaunchJobRef,
} from '../../upstream/resources/resource-ref.js';
import { isFinished } from '../../upstream/state/job-tracker.js';
import { jsonRevision } from '../revision.js';
import type { NewClient, Topic } from '../topic.js';

type Job = rest.BatchJob | rest.FieldingRunJob;

export function batchJobTopic(ref: BatchJobRef): Topic<rest.BatchJob> {
  const { accountId, projectId } = ref;
  return jobTopic({ accountId, projectId }, batchJobPath(ref), (newClient) => newClient().getBatchJob(ref));
}

export function draftLaunchJobTopic(ref: DraftLaunchJobRef): Topic<rest.FieldingRunJob> {
  return jobTopic(ref, draftLaunchJobPath(ref), (newClient) => newClient().getDraftLaunchJob(ref));
}

/** A job has no version. It only ever makes progress, so a state with less of it was read from a replica that lags behind. */
function jobTopic<J extends Job>(
  about: Topic<J>['about'],
  path: string,
  read: (newClient: NewClient) => Promise<J | null>,
): Topic<J> {
  return {
    name: path,
    about,
    startsWithState: true,
    hasWebhooks: false,
    notFound: 'There is no job with this `id`.',
    async read(newClient, onState) {
      const job = await read(newClient);
      if (job !== null) onState('', job);
      return job !== null;
    },
    revisionOf: (job) => `${isFinished(job) ? 1 : 0} ${targetGroupsDone(job)} ${jsonRevision(job)}`,
    isNewer(previous, revision) {
      const [wasFinished = '', wereDone = '', before] = previous.split(' ');
      const [nowFinished = '', nowDone = '', after] = revision.split(' ');
      if (before === after || nowFinished < wasFinished) return false;
      return nowFinished > wasFinished || Number(nowDone) >= Number(wereDone);
    },
    isFinal: isFinished,
    mayBeNewerThan: () => true,
  };
}

/** A malformed property throws when it is read. */
function targetGroupsDone(job: Job): number {
  try {
    const { updated_target_groups: updated, failed_target_groups: failed } = job as Partial<rest.BatchJob>;
    return (updated?.data.length ?? 0) + (failed?.data.length ?? 0);
  } catch {
    return 0;
  }
}
