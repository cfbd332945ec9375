import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** What is searched for secrets after the tests; see `scripts/check-secrets.mjs`. */
export type Written = 'logs' | 'programs' | 'errors' | 'metrics' | 'traces';

const { SECRETS_AUDIT_DIR: folder = '' } = process.env;

/** Whether what gateways write is kept, in the folder `SECRETS_AUDIT_DIR`. */
export const isAudited = folder !== '';

if (isAudited) mkdirSync(folder, { recursive: true });

/** Keeps what a gateway has written, if that is wanted. */
export function keep(kind: Written, text: string | Uint8Array): void {
  if (isAudited) appendFileSync(join(folder, `${kind}-${process.pid}.txt`), text);
}
