import { invalidParam } from './problem.js';

/** The value of `If-Match`: any version, or a list of versions. */
type TagCondition = '*' | readonly string[];

// RFC 9110, 8.8.3: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE
const ENTITY_TAG = /^(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/;
// RFC 9110, 5.6.1: a recipient accepts empty list elements.
const SEPARATOR = /^[ \t]*(?:,[ \t]*)+/;

export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/**
 * Parses a list of weak or strong entity tags (RFC 9110, 13.1.1).
 *
 * @throws Problem 400 if the value is malformed
 */
export function parseTags(header: string, value: string): TagCondition {
  let rest = value.trim();
  if (rest === '*') return '*';
  const tags: string[] = [];
  for (;;) {
    const tag = ENTITY_TAG.exec(rest);
    if (tag === null) throw invalidParam(header, 'must be * or a list of quoted entity tags');
    tags.push(tag[1] ?? '');
    rest = rest.slice(tag[0].length);
    const separator = SEPARATOR.exec(rest);
    if (rest.trim() === '') return tags;
    if (separator === null) throw invalidParam(header, 'must separate its entity tags with commas');
    rest = rest.slice(separator[0].length);
    if (rest === '') return tags;
  }
}

/**
 * Whether the condition includes `version`. Like the real API, it accepts a weak tag, although RFC 9110 requires
 * the strong comparison for `If-Match`.
 */
export function matchesVersion(condition: TagCondition, version: number): boolean {
  return condition === '*' || condition.includes(String(version));
}
