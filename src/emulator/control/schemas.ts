import { WebhookEventType } from '../../contract/demand-api.js';
import { objectSchema, timestampText } from '../http/schemas.js';
import { ALGORITHMS } from '../identity/signing-keys.js';

export const clockSchema = {
  type: 'object',
  properties: { now: timestampText, advance_ms: { type: 'integer' } },
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
} as const;

export const completesSchema = {
  ...objectSchema(
    { target_group_id: { type: 'string' }, current_completes: { type: 'integer', minimum: 0 } },
    ['target_group_id', 'current_completes'],
  ),
  additionalProperties: false,
};

const delay = { type: 'integer', minimum: 0, maximum: 2_147_483_647 } as const;

export const faultSchema = {
  ...objectSchema(
    {
      method: { type: 'string' },
      path: { type: 'string' },
      times: { type: 'integer', minimum: 1 },
      share: { type: 'number', minimum: 0, maximum: 1 },
      seed: { type: 'integer' },
      after_effect: { type: 'boolean' },
      delay_ms: delay,
      body_delay_ms: delay,
      status: { type: 'integer', minimum: 200, maximum: 599 },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      body: {},
      reset: { type: 'boolean' },
      truncate: { type: 'boolean' },
      stale: { type: 'boolean' },
      entity_tag: { enum: ['stripped', 'suffixed', 'expected'] },
      idle_timeout_ms: delay,
    },
    ['path'],
  ),
  additionalProperties: false,
};

export const webhookFaultSchema = {
  ...objectSchema({
    webhook_id: { type: 'string' },
    type: { enum: Object.values(WebhookEventType) },
    times: { type: 'integer', minimum: 1 },
    share: { type: 'number', minimum: 0, maximum: 1 },
    seed: { type: 'integer' },
    lose: { type: 'boolean' },
    delay_ms: delay,
    duplicate: { type: 'integer', minimum: 1, maximum: 100 },
    reorder_within_ms: { ...delay, minimum: 1 },
    forge: { type: 'boolean' },
    stale_seconds: { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
  }),
  additionalProperties: false,
};

export const simulatorSchema = {
  type: 'object',
  properties: { running: { type: 'boolean' }, ticks: { type: 'integer', minimum: 1, maximum: 1000 } },
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
} as const;

export const accessTokensSchema = {
  ...objectSchema({ seconds: { type: 'integer', minimum: 1, maximum: 2_147_483_647 } }, ['seconds']),
  additionalProperties: false,
};

export const rotationSchema = {
  ...objectSchema({ algorithm: { enum: ALGORITHMS }, withdraw: { type: 'boolean' } }),
  additionalProperties: false,
};

export const userTokenSchema = {
  ...objectSchema(
    {
      subject: { type: 'string', minLength: 1 },
      expires_in: { type: 'integer', minimum: -2_147_483_647, maximum: 2_147_483_647 },
      claims: { type: 'object' },
      type: { type: 'string' },
    },
    ['subject'],
  ),
  additionalProperties: false,
};
