const VERSION = /^(?:0|[1-9]\d{0,18})$/;

/** Whether `text` is a version as the graph writes it: the integer inside the entity tag, e.g. `5`. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** The version inside an entity tag, weak or strong (RFC 9110, 8.8.3); undefined for anything else. */
export function versionOfEntityTag(tag: string | undefined): string | undefined {
  const opaque = tag === undefined ? undefined : /^(?:W\/)?"([^"]*)"$/.exec(tag.trim())?.[1];
  return opaque !== undefined && isVersion(opaque) ? opaque : undefined;
}

export function entityTag(version: string, form: 'weak' | 'strong'): string {
  return form === 'weak' ? `W/"${version}"` : `"${version}"`;
}

/** Whether `version` precedes `other`. Versions are integers of any size. */
export function isOlder(version: string, other: string): boolean {
  return BigInt(version) < BigInt(other);
}

/** Whether `version` is exactly one change after `previous`. */
export function isNextVersion(previous: string, version: string): boolean {
  return isVersion(version) && BigInt(version) === BigInt(previous) + 1n;
}
