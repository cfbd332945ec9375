/** The query of a REST path, or nothing. Several values repeat the parameter, without brackets. */
export function queryString(
  query: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values =
      value === undefined ? [] : Array.isArray(value) ? (value as readonly string[]) : [String(value)];
    for (const one of values) parameters.append(name, one);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
