/** What a check has found. Texts have no secrets. */
export interface CheckResult {
  /** The dependency, e.g. `Redis`. */
  readonly what: string;
  readonly isOk: boolean;
  /** One sentence or two: what was found and, if it failed, what to do. */
  readonly found: string;
}

export const ok = (what: string, found: string): CheckResult => ({ what, isOk: true, found });
export const failed = (what: string, found: string): CheckResult => ({ what, isOk: false, found });

/** Formats a result as one line, even if messages of libraries have line breaks. */
export function lineOf({ what, isOk, found }: CheckResult): string {
  return `${isOk ? 'ok    ' : 'failed'}  ${what}: ${found.replace(/\s+/g, ' ')}`;
}
