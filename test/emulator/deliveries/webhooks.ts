import type { WebhookWithSecret } from '../../../src/contract/demand-api.js';
import { demo, type Emulator } from '../../../src/emulator/index.js';
import { callApi, demoPaths, type CallOptions } from '../../helpers/emulator.js';

/** Retries within milliseconds, so that tests do not wait. */
export const quick = { retryBaseMs: 2, retryMaxMs: 10 };

export interface Webhook {
  readonly id: string;
  readonly secret: string;
  readonly path: string;
}

/** Creates a webhook of account 101, or of another one. */
export async function createWebhook(
  emulator: Pick<Emulator, 'url'>,
  url: string,
  {
    events = ['target-group-updated'],
    accountId = demo.accountId,
    token = demo.bothToken,
  }: { readonly events?: readonly string[]; readonly accountId?: number; readonly token?: string } = {},
): Promise<Webhook> {
  const path = `/accounts/${accountId}/webhooks`;
  const response = await callApi(emulator, 'POST', path, { token, body: { url, events } });
  const { id, secret } = (await response.json()) as WebhookWithSecret;
  return { id: id!, secret: secret!, path: `${path}/${id!}` };
}

/** Performs an action on a demo run, whatever its version. */
export async function act(
  emulator: Pick<Emulator, 'url'>,
  action: string,
  run: Parameters<typeof demoPaths.run>[0] = demo.live,
  options: CallOptions = {},
): Promise<void> {
  const response = await callApi(emulator, 'POST', `${demoPaths.run(run)}/${action}`, {
    headers: { 'if-match': '*' },
    ...options,
  });
  if (!response.ok) throw new Error(`${action}: ${response.status} ${await response.text()}`);
}

/** Pauses and resumes a run in turn: so many changes, each with an event. */
export async function changeOften(emulator: Pick<Emulator, 'url'>, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await act(emulator, time % 2 === 0 ? 'pause' : 'resume');
}
