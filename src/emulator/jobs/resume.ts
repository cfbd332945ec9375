import type { Services } from '../services.js';
import { listProcessingBatchJobs } from '../store/batch-jobs.js';
import { listProcessingDraftJobs } from '../store/draft-jobs.js';
import { stepBatchJob } from './batch-job.js';
import { stepDraftJob } from './draft-job.js';

/** Resumes jobs that an earlier process left unfinished. */
export function resumeJobs(services: Services): void {
  const { database, jobs } = services;
  for (const id of listProcessingBatchJobs(database)) jobs.start(() => stepBatchJob(services, id));
  for (const id of listProcessingDraftJobs(database)) jobs.start(() => stepDraftJob(services, id));
}
