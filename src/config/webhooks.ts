import { makeExactValidator } from 'envalid';

/** How deliveries of the Demand API's notification webhooks are verified. */
export interface WebhookConfig {
  /**
   * `WEBHOOK_SECRET`: the secrets of the webhooks that deliver to this gateway, separated by commas: those of several webhooks,
   * and while a secret is being replaced, the old and the new one. Each is the base64 text that the API returns, as it stands.
   * Secrets.
   */
  readonly secrets: readonly string[];
}

/** Each secret costs one HMAC for a delivery that none of them has signed. */
const MAX_SECRETS = 32;
/** The API's secrets have 32 bytes. What is much shorter can be guessed from one delivery. */
const MIN_SECRET_BYTES = 16;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Messages never contain an item: it may be a secret. */
const secrets = makeExactValidator<readonly string[]>((input) => {
  const items = input.split(',').map((item) => item.trim());
  items.forEach((item, index) => {
    const fault = faultOf(item);
    if (fault === undefined) return;
    throw new Error(`must be the secrets of webhooks, separated by commas: number ${index + 1} ${fault}`);
  });
  const distinct = [...new Set(items)];
  if (distinct.length > MAX_SECRETS) throw new Error(`must have at most ${MAX_SECRETS} secrets`);
  return distinct;
});

function faultOf(item: string): string | undefined {
  if (item === '') return 'is blank';
  if (!BASE64.test(item) || item.length % 4 !== 0) return 'is not base64 text, as the Demand API returns it';
  if (Buffer.from(item, 'base64').length < MIN_SECRET_BYTES) {
    return `has fewer than ${MIN_SECRET_BYTES} bytes`;
  }
  return undefined;
}

/** The validator of the variable, for envalid. */
export const webhookVariables = { WEBHOOK_SECRET: secrets({ default: undefined }) };

/** @returns undefined if there is no secret: the gateway then takes no deliveries */
export function webhookConfig(env: {
  readonly WEBHOOK_SECRET: readonly string[] | undefined;
}): WebhookConfig | undefined {
  return env.WEBHOOK_SECRET === undefined ? undefined : { secrets: env.WEBHOOK_SECRET };
}
