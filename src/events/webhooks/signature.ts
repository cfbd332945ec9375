import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the time of a signature may be off, in either direction, in milliseconds. */
const SIGNATURE_TOLERANCE_MS = 300_000;

/** The header `Cint-Signature: t=<unix seconds>,v1=<hex>`. While a secret is being replaced, `v1` may occur more than once. */
export interface Signature {
  /** As it stands in the header, because it is part of what is signed. */
  readonly timestamp: string;
  /** Each is an HMAC-SHA256. */
  readonly candidates: readonly Buffer[];
}

/** @returns undefined if the header has not exactly one `t`, or no `v1` that can be an HMAC-SHA256 */
export function parseSignature(header: string): Signature | undefined {
  const timestamps: string[] = [];
  const candidates: Buffer[] = [];
  for (const element of header.split(',')) {
    const [, name, value = ''] = /^\s*([^=\s]+)=(\S*)\s*$/.exec(element) ?? [];
    if (name === 't') timestamps.push(value);
    // Elements with other names are for later schemes.
    else if (name === 'v1' && /^[\da-f]{64}$/i.test(value)) candidates.push(Buffer.from(value, 'hex'));
  }
  const [timestamp = ''] = timestamps;
  const isUsable = timestamps.length === 1 && /^\d{1,12}$/.test(timestamp) && candidates.length > 0;
  return isUsable ? { timestamp, candidates } : undefined;
}

/** Whether the signature is recent, so that a recorded delivery cannot be replayed later. */
export function isFresh({ timestamp }: Signature, now: number): boolean {
  return Math.abs(now - Number(timestamp) * 1000) <= SIGNATURE_TOLERANCE_MS;
}

/**
 * Whether the body was signed with one of the secrets. Takes the same time whatever the secrets and the signature are.
 *
 * @param secrets base64 text; the text itself is the key, not what it encodes
 * @param body the bytes as they were sent
 */
export function isSignedBy(secrets: readonly string[], signature: Signature, body: Uint8Array): boolean {
  let isSigned = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(`${signature.timestamp}.`).update(body).digest();
    for (const candidate of signature.candidates) {
      isSigned = timingSafeEqual(candidate, expected) || isSigned;
    }
  }
  return isSigned;
}
