import { createHash } from 'node:crypto';

/** Tells values apart, compared as JSON, without keeping them: what outlives a request holds no credential and no input. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
