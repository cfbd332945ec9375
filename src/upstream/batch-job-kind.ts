import { BatchJobKind, BatchJobOperation } from '../contract/demand-api.js';

/** The path segment at which a job is created, and the only documented one to read it at. */
export const OPERATION_OF_KIND: Readonly<Record<BatchJobKind, BatchJobOperation>> = {
  [BatchJobKind.Pause]: BatchJobOperation.Pause,
  [BatchJobKind.Resume]: BatchJobOperation.Resume,
  [BatchJobKind.Launch]: BatchJobOperation.Launch,
  [BatchJobKind.Complete]: BatchJobOperation.Complete,
  [BatchJobKind.Relaunch]: BatchJobOperation.Relaunch,
};

/** What a job does, from the segment of its path: `pause`, or a longer form that begins so. */
export function kindOfSegment(segment: string): BatchJobKind | undefined {
  return Object.values(BatchJobKind).find((kind) => segment === kind || segment.startsWith(`${kind}-`));
}
