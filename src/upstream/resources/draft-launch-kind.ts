const KINDS = ['launch-from-draft', 'schedule-from-draft'] as const;

/** What a job does with a draft. It is a path segment in REST, and a part of the job's id in the graph. */
export type DraftLaunchKind = (typeof KINDS)[number];

export function isDraftLaunchKind(segment: string): segment is DraftLaunchKind {
  return KINDS.some((kind) => kind === segment);
}
