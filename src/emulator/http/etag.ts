import { invalidParam } from './problem.js';

/** What `If-Match` names: anything at all, or some versions. */
export type TagCondition = '*' | readonly string[];

// RFC 9110, 8.8.3: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE
const ENTITY_TAG = /^(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/;
// RFC 9110, 5.6.1: a recipient takes empty list elements too.
const SEPARATOR = /^[ \t]*(?:,[ \t]*)+/;

export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/**
 * Reads a list of entity tags (RFC 9110, 13.1.1), weak or strong.
 *
 * @throws Problem 400 where the value is none
 */
export function parseTags(header: string, value: string): TagCondition {
  let rest = value.trim();
  if (rest === '*') return '*';
  const tags: string[] = [];
  for (;;) {
    const tag = ENTITY_TAG.exec(rest);
    if (tag === null) throw invalidParam(header, 'must be * or a list of entity tags in double quotes');
    tags.push(tag[1] ?? '');
    rest = rest.slice(tag[0].length);
    const separator = SEPARATOR.exec(rest);
    if (rest.trim() === '') return tags;
    if (separator === null) throw invalidParam(header, 'must separate its entity tags by commas');
    rest = rest.slice(separator[0].length);
    if (rest === '') return tags;
  }
}

/**
 * Whether the condition names `version`. The API takes a weak tag for the same version as a strong one, although RFC 9110
 * asks for the strong comparison in `If-Match`.
 */
export function matchesVersion(condition: TagCondition, version: number): boolean {
  return condition === '*' || condition.includes(String(version));
}
