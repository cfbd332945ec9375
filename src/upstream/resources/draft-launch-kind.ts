const KINDS = ['launch-from-draft', 'schedule-from-draft'] as const;

/** What a job does with a draft: the path segment that it is created and read at, and a part of its id in the graph. */
export type DraftLaunchKind = (typeof KINDS)[number];

export function isDraftLaunchKind(segment: string): segment is DraftLaunchKind {
  return KINDS.some((kind) => kind === segment);
}
