/** Where in an input a property of a REST request comes from. Null where it comes from nowhere in it. */
export type InputPath = (name: string) => readonly string[] | null;

/**
 * Where in an input what an API calls by its own name comes from, however it writes that: `target_group_ids[3]`,
 * `target_group_ids.3`, `/target_group_ids/3` (RFC 6901), `body.target_group_ids[3]` or `If-Match`.
 *
 * @param fields the path in the input of each REST property, parameter or header, e.g. `{ start_fielding_at: ['startAt'] }`.
 *   Names are in lower case, with underscores
 * @param item the index in the input of an item of a list that was sent, as far as it differs; undefined for one that was
 *   not sent
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

/** `startFieldingAt`, `Start-Fielding-At` and `start_fielding_at` are one name. */
function snakeCase(name: string): string {
  return name
    .replace(/(?<=[a-z\d])(?=[A-Z])/g, '_')
    .replaceAll('-', '_')
    .toLowerCase();
}

/** A text in which the names of REST are those of the input, e.g. `` must be after `startAt` ``. */
export function inInputWords(text: string, path: InputPath): string {
  return text.replace(/`?\b[a-z]+(?:_[a-z]+)+\b`?/g, (name) => {
    const field = path(name);
    return field === null ? name : `\`${field.join('.')}\``;
  });
}
