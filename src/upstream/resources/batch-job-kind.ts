import { BatchJobKind, BatchJobOperation } from '../../contract/demand-api.js';

/** The path segment where jobs of a kind are created, and by the contract also read. */
export const OPERATION_OF_KIND: Readonly<Record<BatchJobKind, BatchJobOperation>> = {
  [BatchJobKind.Pause]: BatchJobOperation.Pause,
  [BatchJobKind.Resume]: BatchJobOperation.Resume,
  [BatchJobKind.Launch]: BatchJobOperation.Launch,
  [BatchJobKind.Complete]: BatchJobOperation.Complete,
  [BatchJobKind.Relaunch]: BatchJobOperation.Relaunch,
};

const KIND_OF_SEGMENT = new Map<string, BatchJobKind>(
  Object.values(BatchJobKind).flatMap((kind) => [
    [kind, kind],
    [OPERATION_OF_KIND[kind], kind],
  ]),
);

/** The kind of job that a path segment names, in its short form (`pause`) or its long form. */
export function kindOfSegment(segment: string): BatchJobKind | undefined {
  return KIND_OF_SEGMENT.get(segment);
}
