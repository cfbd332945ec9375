/**
 * Whether a REST body does not tell a property. One that came broken is there, and fails the field that needs it. It is
 * not read here.
 */
export function isMissing<T extends object>(body: T, property: keyof T): boolean {
  const told = Object.getOwnPropertyDescriptor(body, property);
  return told === undefined || ('value' in told && (told.value === undefined || told.value === null));
}
