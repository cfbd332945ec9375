/** Clients choose the names of operations, and themselves, as long as a request can be. */
const MAX_LENGTH = 100;

/** So much of a name as logs, traces and metrics have. */
export function shownName(name: string): string {
  return name.slice(0, MAX_LENGTH);
}
