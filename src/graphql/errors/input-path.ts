/** Maps the name of a REST property to its path in the input; null if the input has no such path. */
export type InputPath = (name: string) => readonly string[] | null;

/**
 * Maps REST names to paths in the input, in any notation: `target_group_ids[3]`, `target_group_ids.3`,
 * `/target_group_ids/3` (RFC 6901), `body.target_group_ids[3]` or `If-Match`.
 *
 * @param fields paths by name of the REST property, parameter or header, e.g. `{ start_fielding_at: ['startAt'] }`.
 *   Names are in snake case
 * @param item maps the index of an item in the request to its index in the input; undefined for an item that was not
 *   sent. Default: the same index
 */
export function inputPath(
  fields: Readonly<Record<string, readonly string[]>>,
  item: (index: number) => number | undefined = (index) => index,
): InputPath {
  return (name) => {
    const steps = (name.match(/[\w-]+/g) ?? []).map(snakeCase);
    const at = steps.findIndex((step) => Object.hasOwn(fields, step));
    const field = fields[steps[at] ?? ''];
    if (field === undefined) return null;
    const index = steps[at + 1];
    const position = index !== undefined && /^\d{1,9}$/.test(index) ? item(Number(index)) : undefined;
    return position === undefined ? field : [...field, String(position)];
  };
}

/** Normalizes `startFieldingAt`, `Start-Fielding-At` and `start_fielding_at` to one name. */
function snakeCase(name: string): string {
  return name
    .replace(/(?<=[a-z\d])(?=[A-Z])/g, '_')
    .replaceAll('-', '_')
    .toLowerCase();
}

/** Replaces REST names in a text by paths in the input, e.g. `` must be after `startAt` ``. */
export function withInputNames(text: string, path: InputPath): string {
  return text.replace(/`?\b[a-z]+(?:_[a-z]+)+\b`?/g, (name) => {
    const field = path(name);
    return field === null ? name : `\`${field.join('.')}\``;
  });
}
