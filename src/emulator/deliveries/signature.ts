import { createHmac } from 'node:crypto';

/**
 * The `Cint-Signature` of a delivery.
 *
 * @param secret as the API showed it: the key is the base64 text itself, not decoded
 * @param seconds the time of the attempt, in seconds since the epoch
 * @param body the raw body
 */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${hex}`;
}
