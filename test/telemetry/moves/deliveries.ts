import { processSharedState } from '../../../src/state/shared-state.js';
import { postText } from '../../helpers/http-text.js';
import { openRaw } from '../../helpers/raw-client.js';
import { event, OTHER_SECRET, SECRET, signatureOf } from '../../webhooks/delivery.js';
import type { Scenario, ScenarioFixture } from './scenario.js';

const env = { WEBHOOK_SECRET: SECRET };
const body = JSON.stringify(event);
const AN_HOUR_MS = 3_600_000;

async function deliver(
  { gateway }: ScenarioFixture,
  {
    text = body,
    signature = signatureOf(text),
  }: { readonly text?: string; readonly signature?: string | null },
): Promise<void> {
  await fetch(`${gateway.url}/webhooks/demand`, {
    method: 'POST',
    headers: {
      'content-type': 'application/cloudevents+json',
      ...(signature !== null && { 'cint-signature': signature }),
    },
    body: text,
  });
}

/** Sends deliveries of the largest size except for their last byte, and hangs up when one is rejected. */
async function deliverUnfinished({ gateway }: ScenarioFixture, count: number): Promise<void> {
  const body = 'x'.repeat(256 * 1024 - 1);
  const bytes = postText({
    path: '/webhooks/demand',
    headers: { 'Cint-Signature': signatureOf(body), 'Content-Length': String(body.length + 1) },
    body,
  });
  const senders = await Promise.all(Array.from({ length: count }, () => openRaw(gateway.url)));
  try {
    for (const sender of senders) sender.send(bytes);
    await Promise.any(senders.map((sender) => sender.until((text) => text.includes(' 503 '))));
  } finally {
    for (const sender of senders) sender.close();
  }
}

const failing = processSharedState();

export const deliveryScenarios: readonly Scenario[] = [
  {
    what: 'deliveries of webhooks',
    options: { env },
    steps: [
      {
        act: async (fixture) => {
          await deliver(fixture, {});
          await deliver(fixture, {});
          await deliver(fixture, {
            text: JSON.stringify({ ...event, id: 'other', type: 'com.cint.invoice.paid' }),
          });
          await deliver(fixture, { text: '{}' });
        },
        moves: {
          'webhook_deliveries_total{result="accepted"}': 1,
          'webhook_deliveries_total{result="duplicate"}': 1,
          'webhook_deliveries_total{result="ignored"}': 1,
          'webhook_deliveries_total{result="malformed"}': 1,
        },
      },
      {
        act: async (fixture) => {
          await deliver(fixture, { signature: null });
          await deliver(fixture, { signature: 'nonsense' });
          await deliver(fixture, { signature: signatureOf(body, SECRET, Date.now() - AN_HOUR_MS) });
          await deliver(fixture, { signature: signatureOf(body, OTHER_SECRET) });
        },
        moves: {
          'webhook_deliveries_total{result="signature-missing"}': 1,
          'webhook_deliveries_total{result="signature-malformed"}': 1,
          'webhook_deliveries_total{result="signature-stale"}': 1,
          'webhook_deliveries_total{result="signature-forged"}': 1,
          webhook_deliveries_total: 8,
        },
      },
    ],
  },
  {
    what: 'deliveries of which too many arrive at once',
    options: { env },
    steps: [
      {
        // One more than there is room for.
        act: (fixture) => deliverUnfinished(fixture, 33),
        moves: { 'webhook_deliveries_total{result="overloaded"}': 1 },
      },
    ],
  },
  {
    what: 'a delivery that fails because of a defect',
    options: {
      env,
      sharedState: {
        ...failing,
        messages: {
          listen: (...args) => failing.messages.listen(...args),
          sync: () => failing.messages.sync(),
          onGap: (...args) => failing.messages.onGap(...args),
          publish: () => {
            throw new Error('A defect.');
          },
        },
      },
    },
    steps: [
      {
        act: (fixture) => deliver(fixture, {}),
        moves: { 'webhook_deliveries_total{result="failed"}': 1, webhook_deliveries_total: 1 },
      },
    ],
  },
];
