import type { GraphQLResolveInfo } from 'graphql';
import { UpstreamError } from '../../upstream/errors.js';
import { orError } from '../items.js';
import { selectedFields } from '../selection.js';

interface Job {
  readonly id: string;
  /** Throws if malformed. */
  readonly status: unknown;
}

/** A job that a mutation has just created. */
interface CreatedJob<J extends Job> {
  /** The object type in the graph. */
  readonly typeName: string;
  /** The job as its creation implies it: in progress. */
  readonly started: J;
  /** The fields that `started` can answer. */
  readonly known: ReadonlySet<string>;
  readonly read: () => Promise<J | null>;
}

/**
 * A newly created job, read only if the selection needs it. A job that is not visible yet is reported as in progress.
 *
 * @throws {UpstreamError} if it cannot be read; the message says that the job was started, and names it
 */
export async function createdJob<J extends Job>(
  { typeName, started, known, read }: CreatedJob<J>,
  info: GraphQLResolveInfo,
): Promise<J> {
  const selected = selectedFields(info, typeName);
  if ([...selected].every((field) => known.has(field))) return started;
  try {
    const job = (await read()) ?? started;
    // `status` is non-null, so GraphQL would null the job.
    const status = selected.has('status') ? orError(() => job.status) : undefined;
    if (status instanceof Error) throw status;
    return job;
  } catch (error) {
    const message = `The job \`${started.id}\` was started, but its state cannot be read.`;
    throw error instanceof UpstreamError ? error.afterChange(message) : error;
  }
}
