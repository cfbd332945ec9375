/**
 * How many values the variables have, those inside lists and objects included. It stops counting beyond the limit.
 *
 * @param variables parsed JSON
 */
export function countValues(variables: Readonly<Record<string, unknown>>, limit: number): number {
  let count = 0;
  // A stack of its own, as JSON can be nested deeper than calls can.
  const open: object[] = [variables];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const name in next) {
      count += 1;
      if (count > limit) return count;
      const value = (next as Readonly<Record<string, unknown>>)[name];
      if (typeof value === 'object' && value !== null) open.push(value);
    }
  }
  return count;
}
