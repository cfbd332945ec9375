import { hash } from 'node:crypto';

/** The revision of a state that has no version: a digest of its JSON. */
export function jsonRevision(state: unknown): string {
  return hash('sha256', jsonOf(state), 'base64url');
}

function jsonOf(state: unknown): string {
  try {
    return JSON.stringify(state);
  } catch {
    // A malformed property throws when it is read (`guarded` in `upstream/resources/validation.ts`).
    return JSON.stringify(withoutGetters(state));
  }
}

function withoutGetters(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.keys(value).map((name) => {
    const property = Object.getOwnPropertyDescriptor(value, name);
    return [name, property !== undefined && 'value' in property ? withoutGetters(property.value) : '?'];
  });
}
