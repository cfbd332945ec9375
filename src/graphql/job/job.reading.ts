import type { GraphQLResolveInfo } from 'graphql';
import { selectedFields } from '../selection.js';

/** A job that a mutation has just created. */
export interface CreatedJob<J> {
  /** The object type in the graph. */
  readonly typeName: string;
  /** The job as the answer to its creation tells it. */
  readonly atWork: J;
  /** The fields that need no more than that. */
  readonly told: ReadonlySet<string>;
  readonly read: () => Promise<J | null>;
}

/** The job, read where the selection needs it. One that cannot be seen yet is at work. */
export async function createdJob<J>(
  { typeName, atWork, told, read }: CreatedJob<J>,
  info: GraphQLResolveInfo,
): Promise<J> {
  const selected = selectedFields(info, typeName);
  if ([...selected].every((field) => told.has(field))) return atWork;
  return (await read()) ?? atWork;
}
