/**
 * Whether a REST body lacks a property, without reading it. A malformed property is not missing: it fails the field
 * that needs it.
 */
export function isMissing<T extends object>(body: T, property: keyof T): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(body, property);
  return (
    descriptor === undefined ||
    ('value' in descriptor && (descriptor.value === undefined || descriptor.value === null))
  );
}
