import type { GraphQLResolveInfo } from 'graphql';
import { UpstreamError } from '../../upstream/errors.js';
import { orError } from '../items.js';
import { selectedFields } from '../selection.js';

/** What is told of a job that a mutation has just created. */
interface Job {
  readonly id: string;
  /** Throws where it came broken. */
  readonly status: unknown;
}

/** A job that a mutation has just created. */
export interface CreatedJob<J extends Job> {
  /** The object type in the graph. */
  readonly typeName: string;
  /** The job as the answer to its creation tells it. */
  readonly atWork: J;
  /** The fields that need no more than that. */
  readonly told: ReadonlySet<string>;
  readonly read: () => Promise<J | null>;
}

/**
 * The job, read where the selection needs it. One that cannot be seen yet is at work.
 *
 * @throws {UpstreamError} where it cannot be read; it says that the job was started, and which one it is
 */
export async function createdJob<J extends Job>(
  { typeName, atWork, told, read }: CreatedJob<J>,
  info: GraphQLResolveInfo,
): Promise<J> {
  const selected = selectedFields(info, typeName);
  if ([...selected].every((field) => told.has(field))) return atWork;
  try {
    const job = (await read()) ?? atWork;
    // Where it is broken, GraphQL makes null of the job.
    const status = selected.has('status') ? orError(() => job.status) : undefined;
    if (status instanceof Error) throw status;
    return job;
  } catch (error) {
    const started = `The job \`${atWork.id}\` was started, but it cannot be shown.`;
    throw error instanceof UpstreamError ? error.afterChange(started) : error;
  }
}
