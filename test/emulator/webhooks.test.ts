import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { WebhookList, WebhookWithSecret } from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import {
  callApi,
  readApi,
  startTestEmulator,
  type CallOptions,
  type TestEmulator,
} from '../helpers/emulator.js';

const WEBHOOKS = `/accounts/${demo.accountId}/webhooks`;
const settings = { url: 'https://hooks.example.org/demand', events: ['target-group-updated'] };

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

const call = (method: string, path: string, options?: CallOptions): Promise<Response> =>
  callApi(emulator, method, path, options);

async function created(body: unknown = settings): Promise<WebhookWithSecret & { readonly path: string }> {
  const response = await call('POST', WEBHOOKS, { body });
  expect(response.status).toBe(201);
  const webhook = (await response.json()) as WebhookWithSecret;
  return { ...webhook, path: `${WEBHOOKS}/${webhook.id!}` };
}

describe('a webhook', () => {
  test('shows its secret only when created', async () => {
    const { path, secret, ...webhook } = await created();
    expect(webhook).toEqual({
      ...settings,
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect(Buffer.from(secret!, 'base64')).toHaveLength(32);
    expect(await readApi(emulator, path)).toEqual(webhook);
    expect(await readApi(emulator, WEBHOOKS)).toEqual({ webhooks: [webhook], has_more: false });
  });

  test('is changed from the version that was read', async () => {
    const { path, id, url } = await created();
    const put = (ifMatch: string | null, body: unknown): Promise<Response> =>
      call('PUT', path, { body, headers: { 'if-match': ifMatch, 'idempotency-key': 'k' } });
    const tag = (await call('GET', path)).headers.get('etag')!;

    const first = await put(tag, { events: ['session-updated', 'quota-fill-registered'] });
    expect(first.status).toBe(200);
    expect(first.headers.get('idempotency-key')).toBe('k');
    expect(await first.json()).toMatchObject({
      id,
      url,
      events: ['session-updated', 'quota-fill-registered'],
    });

    const stale = await put(tag, { url: 'https://elsewhere.example.org' });
    expect(stale.status).toBe(400);
    expect(await stale.json()).toMatchObject({ invalid_params: [{ name: 'If-Match' }] });
    expect((await put(null, { url: 'https://elsewhere.example.org' })).status).toBe(200);
    expect(await readApi(emulator, path)).toMatchObject({ url: 'https://elsewhere.example.org' });
  });

  test('can get a new secret', async () => {
    const { path, secret } = await created();
    const response = await call('POST', `${path}/regenerate-secret`);
    const renewed = (await response.json()) as WebhookWithSecret;
    expect(response.status).toBe(200);
    expect(Buffer.from(renewed.secret!, 'base64')).toHaveLength(32);
    expect(renewed.secret).not.toBe(secret);
  });

  test('is gone once deleted', async () => {
    const { path } = await created();
    expect((await call('DELETE', path, { headers: { 'if-match': '"9"' } })).status).toBe(403);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(404);
    expect((await call('PUT', path, { body: settings })).status).toBe(403);
    expect((await call('POST', `${path}/regenerate-secret`)).status).toBe(403);
  });

  test('belongs to its account', async () => {
    const { path } = await created();
    const elsewhere = path.replace('/101/', '/202/');
    expect((await call('GET', elsewhere, { token: demo.other.token })).status).toBe(404);
    expect((await call('GET', path, { token: demo.other.token })).status).toBe(403);
  });

  test.each([
    ['no url', { events: settings.events }, 'url'],
    ['a url with another scheme', { ...settings, url: 'ftp://example.org' }, 'url'],
    ['no url at all', { ...settings, url: 'here' }, 'url'],
    ['no events', { ...settings, events: [] }, 'events'],
    ['unknown events', { ...settings, events: ['job-updated'] }, 'events.0'],
    ['events twice', { ...settings, events: ['session-updated', 'session-updated'] }, 'events'],
  ])('with %s is rejected', async (_what, body, name) => {
    const response = await call('POST', WEBHOOKS, { body });
    expect(response.status).toBe(400);
    const { invalid_params: params } = (await response.json()) as { invalid_params: { name: string }[] };
    expect(params.map((param) => param.name)).toContain(name);
    expect(await readApi(emulator, WEBHOOKS)).toEqual({ webhooks: [], has_more: false });
  });
});

test('webhooks are paged, newest first', async () => {
  const all = [await created(), await created(), await created()].map(({ id }) => id!).toReversed();
  const page = async (query: string): Promise<unknown> => {
    const { webhooks = [], has_more: more } = await readApi<WebhookList>(emulator, `${WEBHOOKS}?${query}`);
    return [webhooks.map(({ id }) => id), more];
  };
  expect(await page('page_size=2')).toEqual([all.slice(0, 2), true]);
  expect(await page(`page_size=2&start_after=${all[1]!}`)).toEqual([all.slice(2), false]);
  expect(await page(`end_before=${all[2]!}`)).toEqual([all.slice(0, 2), false]);
});

test('the event history requires a start, and is empty while nothing is delivered', async () => {
  const { path } = await created();
  const history = `${path}/events-history`;
  const since = 'start_time=2026-01-01T00:00:00.000Z';
  expect(await readApi(emulator, `${history}?${since}&delivery_status=expired&type=session-updated`)).toEqual(
    {
      events: [],
      next_cursor: null,
    },
  );
  for (const query of [
    '',
    'start_time=yesterday',
    `${since}&type=job`,
    `${since}&created_at_sort_order=up`,
  ]) {
    expect((await call('GET', `${history}?${query}`)).status).toBe(400);
  }
});
