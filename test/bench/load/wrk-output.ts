/** What wrk saw of one load. */
export interface LoadResult {
  /** Answers that came whole. */
  readonly requests: number;
  readonly durationUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  readonly errors: LoadErrors;
}

/** How often what went wrong. `status`: above 399; `wrong`: not 200, or with `errors`, where wrk was told to look. */
export interface LoadErrors {
  readonly connect: number;
  readonly read: number;
  readonly write: number;
  readonly status: number;
  readonly timeout: number;
  readonly wrong: number;
}

/** @throws Error where the line that `request.lua` writes at the end is missing */
export function parseWrk(output: string): LoadResult {
  const [, json] = /^result (\{.*\})$/m.exec(output) ?? [];
  if (json === undefined) throw new Error(`wrk told no result:\n${output}`);
  return JSON.parse(json) as LoadResult;
}

/** What went wrong, for people; undefined where nothing did. */
export function complaintOf({ requests, errors }: LoadResult): string | undefined {
  const counted = Object.entries(errors).filter(([, count]) => count > 0);
  if (counted.length > 0) return counted.map(([what, count]) => `${what}: ${count}`).join(', ');
  return requests === 0 ? 'no answer came' : undefined;
}
