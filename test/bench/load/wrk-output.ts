/** The result of one wrk run. */
export interface LoadResult {
  /** Complete responses. */
  readonly requests: number;
  readonly durationUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  readonly errors: LoadErrors;
}

/** Numbers of errors. `status`: above 399; `wrong`: not 200 or with `errors`, if wrk checks responses. */
export interface LoadErrors {
  readonly connect: number;
  readonly read: number;
  readonly write: number;
  readonly status: number;
  readonly timeout: number;
  readonly wrong: number;
}

/** @throws Error if the final line of `request.lua` is missing */
export function parseWrk(output: string): LoadResult {
  const [, json] = /^result (\{.*\})$/m.exec(output) ?? [];
  if (json === undefined) throw new Error(`wrk printed no result:\n${output}`);
  return JSON.parse(json) as LoadResult;
}

/** Describes the errors; undefined if there are none. */
export function describeErrors({ requests, errors }: LoadResult): string | undefined {
  const counted = Object.entries(errors).filter(([, count]) => count > 0);
  if (counted.length > 0) return counted.map(([what, count]) => `${what}: ${count}`).join(', ');
  return requests === 0 ? 'no response' : undefined;
}
