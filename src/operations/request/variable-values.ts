/**
 * The number of values in the variables, including those inside lists and objects. Stops counting beyond the limit.
 *
 * @param variables parsed JSON
 */
export function countValues(variables: Readonly<Record<string, unknown>>, limit: number): number {
  let count = 0;
  // An explicit stack, because JSON can be nested deeper than the call stack allows.
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
