/** A query string with its `?`, or an empty string. An array repeats its parameter, without brackets. */
export function queryString(
  query: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values =
      value === undefined ? [] : Array.isArray(value) ? (value as readonly string[]) : [String(value)];
    for (const each of values) parameters.append(name, each);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
