import { BatchJobKind, BatchJobOperation } from '../../contract/demand-api.js';

/** The path segment at which jobs of a kind are created, and the only documented one to read them at. */
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

/** The kind of job that a path segment names, in its short form (`pause`) or its long one; undefined for any other segment. */
export function kindOfSegment(segment: string): BatchJobKind | undefined {
  return KIND_OF_SEGMENT.get(segment);
}
