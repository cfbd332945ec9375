import { createHash } from 'node:crypto';

/** Identifies a value by its JSON without keeping it, so that long-lived state contains no credentials and no input. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
