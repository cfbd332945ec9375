import { createHmac } from 'node:crypto';

export const SECRET = 'FP7UPZpATKBcYJj4va95PYud+a3gCidRERiLO+9MoFE=';
export const OTHER_SECRET = Buffer.alloc(32, 'other').toString('base64');

export const IDS = {
  account_id: 101,
  project_id: '01JJ77E6X1Y2G1RG2KMPFPXKYZ',
  target_group_id: '01KFN50A2WJ5NW1NX39RRFFHKQ',
};
export const HINT = {
  accountId: '101',
  projectId: IDS.project_id,
  targetGroupId: IDS.target_group_id,
};
/** The hint as all processes are told of it. */
export const PUBLISHED = { ...HINT, byWebhook: true };

/** An event as the API sends it when a target group has changed. */
export const event = {
  specversion: '1.0',
  id: '01JPVZD75DW4KRP7MPFMF6KGZX',
  source: 'https://api.cint.com/demand',
  type: 'com.cint.target-group.updated',
  time: '2026-01-23 10:04:44.562205+00:00',
  datacontenttype: 'application/json',
  dataschema: 'https://api.cint.com/schemas/target-group-updated',
  data: {
    ...IDS,
    id: '38e9ce47-b292-4250-b1d3-17e31440e2d4',
    occurred_at: '2026-01-23 10:04:44.209000+00:00',
    user: [{ type: 'las_user', las_user_id: '2783dacc-dc2c-4bc0-a011-50d9d2e2df07' }],
    changes: [{ object: 'name_change', new_value: 'planted-name' }],
  },
};

/** The HMAC that `Cint-Signature` has for the body, in hexadecimal. */
export function hmac(secret: string, timestamp: number | string, body: string | Uint8Array): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

/** `Cint-Signature` as the API sends it. @param at milliseconds since the epoch */
export function signatureOf(body: string | Uint8Array, secret = SECRET, at = Date.now()): string {
  const timestamp = Math.floor(at / 1000);
  return `t=${timestamp},v1=${hmac(secret, timestamp, body)}`;
}
